import { execa } from 'execa';

/** Secrets of the tokens that the examples' configurations name. */
export const tokens = { RITA_TOKEN: 'rita-0123456789abcdef', OWNER_TOKEN: 'owner-0123456789abcdef' };

/** `serve` as a process of its own, in the simulated world; `main` is the file of the command. */
export const serving = async (main: string, config: string, stateDir: string) => {
  const args = ['serve', '--dry-run', '--json', '--port', '0', '--config', config, '--state-dir', stateDir];
  const server = execa(process.execPath, [main, ...args], { env: tokens, stdin: 'ignore', reject: false });
  const url = await new Promise<string>((found, failed) => {
    server.stdout.on('data', (chunk: Buffer) => {
      const [, at] = /"url": ?"([^"]+)"/.exec(String(chunk)) ?? [];
      if (at !== undefined) found(at);
    });
    void server.then(({ stderr }) => failed(new Error(stderr)));
  });
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      return (await server).exitCode;
    },
  };
};
