import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { takeFreePort } from '#src/tools/deployment/local/free-port.js';
import { systemClock } from '#src/tools/system-clock.js';

const tries = 100;

/** HAProxy before one server, as Debian ships it, with connections kept open on both sides. Throws where it is not installed. */
export const openHaproxy = async (target: string, folder: string): Promise<{ url: string; close: () => Promise<void> }> => {
  const port = await takeFreePort();
  const file = join(folder, 'haproxy.cfg');
  const lines = [
    ...['defaults', ' mode http', ' timeout connect 5s', ' timeout client 60s', ' timeout server 60s', ' http-reuse always'],
    ...['listen bench', ` bind 127.0.0.1:${port}`, ` server slot ${new URL(target).host}`],
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn('haproxy', ['-q', '-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const missing = new Promise<never>((_, reject) =>
    child.once('error', () => reject(new Error('Failed to start haproxy to compare with: apt-get install haproxy.'))),
  );
  await Promise.race([missing, answers(port)]);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      child.kill();
      await ended;
    },
  };
};

const answers = async (port: number): Promise<void> => {
  for (let left = tries; left > 0; left -= 1) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
    socket.destroy();
    if (open) return;
    await systemClock.sleep(50);
  }
  throw new Error('Failed to start haproxy: it does not listen.');
};
