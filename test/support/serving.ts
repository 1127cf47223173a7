import { resolve } from 'node:path';
import { command } from './command.js';

/** Secrets of the tokens that the examples' configurations name. */
export const tokens = { RITA_TOKEN: 'rita-0123456789abcdef', OWNER_TOKEN: 'owner-0123456789abcdef' };

/** `serve` as a process of its own, in the simulated world, with the configuration of an example. */
export const serving = async (config: string, stateDir: string) => {
  const server = command(['serve', '--dry-run', '--json', '--port', '0', '--config', resolve(config), '--state-dir', stateDir], {
    env: tokens,
  });
  const url = await new Promise<string>((found, failed) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      const [, at] = /"url": ?"([^"]+)"/.exec(String(chunk)) ?? [];
      if (at !== undefined) found(at);
    });
    void server.then(({ stderr }) => failed(new Error(String(stderr))));
  });
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      return (await server).exitCode;
    },
  };
};
