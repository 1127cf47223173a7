import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Workspace } from '../../src/desk/workspace.js';
import { startNotifying } from '../../src/server/notify.js';
import { systemClock } from '../../src/tools/system-clock.js';

/** Who is told what happens: drops what comes again under an id that it knows, as a receiver does. */
export type Receiver = { url: string; told: () => string[]; close: () => void };

export const openReceiver = async (): Promise<Receiver> => {
  const told = new Map<string, string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      told.set(String(request.headers['webhook-id']), body);
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/`,
    told: () => [...told.values()].flatMap((body) => said(JSON.parse(body) as Message)).sort(),
    close: () => (server.closeAllConnections(), server.close()),
  };
};

type Message = { kind: string; text: string };

/** What two runs of a release have in common: its verdicts and its end. How often it began and went on depends on who stopped it. */
const said = ({ kind, text }: Message): string[] => {
  const [word = ''] = text.split(':');
  return kind === 'gate' ? [text] : ['queued', 'running', 'waiting'].includes(word) ? [] : [`ended: ${word}`];
};

export const notificationsTo = ({ url }: Receiver) => [{ url, events: ['state', 'gate'] as const }];

/** What a server does beside a release. */
export const notifyFrom = (
  { config, configDir, store }: Pick<Workspace, 'config' | 'configDir' | 'store'>,
  follow: Parameters<typeof startNotifying>[0]['follow'] = () => () => undefined,
) =>
  startNotifying(
    { config, configDir, reader: store.reader, follow },
    { clock: { ...systemClock, now: Date.now }, secrets: [], say: () => undefined },
  );
