import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { off, tinyService } from './tiny-service.js';

const visitors = { ratePerSecond: 30, connections: 5 };

const answering = (answer: string): string => `import { createServer } from 'node:http';
const headers = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" };
createServer(async (request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  if (request.method !== 'GET') return response.writeHead(405, headers).end();
  if (!['/', '/healthz'].includes(path)) return response.writeHead(404, headers).end('not found');
  if (path === '/healthz') return response.writeHead(200, headers).end('fine');
  ${answer}
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

/** Says its own version, and to visitors, who come by the proxy, what payments has answered. */
const face = (version: string): string =>
  answering(`const visitor = request.headers['x-forwarded-for'] !== undefined;
  const heard = visitor ? await fetch(process.env.PAYMENTS_URL).then((answer) => answer.text(), () => 'nothing') : 'nobody asked';
  response.writeHead(200, headers).end('${version}, ' + heard);`);

/** Bad ones fail for visitors alone: neither a suite nor the load on the preview sees it. */
const payments = (version: string, fails: string): string =>
  answering(`const visitor = request.headers['x-forwarded-for'] !== undefined;
  response.writeHead(${fails} ? 500 : 200, headers).end('payments ${version}');`);

/**
 * Two services of one file, each in a repository of its own: tiny v1.0.0 and v1.1.0 ask payments v1.3.0; of payments v1.4.0 is good,
 * v1.5.0 fails for visitors, and v1.6.0 for those of production.
 */
export const tinyPair = async (changes: Record<string, unknown> = {}) => {
  const tiny = await tinyService('node', { service: { dependsOn: ['payments'] } });
  await tiny.git('tag', '--delete', 'v1.0.0', 'v1.1.0');
  await tiny.commit('Asks payments', { 'service.mjs': face('v1.0.0') }, 'v1.0.0');
  await tiny.commit('Asks again', { 'service.mjs': face('v1.1.0') }, 'v1.1.0');
  const repository = join(tiny.folder, 'payments');
  await mkdir(repository);
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: repository });
  await git('init', '--quiet', '--initial-branch', 'main');
  const versions = [
    ['v1.3.0', 'false'],
    ['v1.4.0', 'false'],
    ['v1.5.0', 'visitor'],
    ['v1.6.0', "visitor && process.env.DATA_DIR.includes('production')"],
  ] as const;
  for (const [version, fails] of versions) {
    await writeFile(join(repository, 'payments.mjs'), payments(version, fails));
    await git('add', '-A');
    await git('commit', '--quiet', '-m', version);
    await git('tag', version);
  }
  const file = join(tiny.folder, 'staging.config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const companion = {
    name: 'payments',
    repository: 'payments',
    stable: 'v1.3.0',
    start: { command: ['node', 'payments.mjs'], readyMs: 5_000 },
    criticalUserPaths: ['/'],
    off,
  };
  const own = {
    services: [companion],
    load: { connections: 5, durationMs: 2_500 },
    traffic: { staging: visitors, production: visitors },
    rollout: {
      steps: [{ weightPercent: 50, pauseMs: 2_000 }],
      watchMs: 2_000,
      sampleMs: 500,
      drainMs: 1_000,
      minRequests: 4,
      breach: { latencyP95Ms: 20_000 },
    },
  };
  await writeFile(file, JSON.stringify({ ...config, ...own, ...changes }));
  return { folder: tiny.folder, payments: git, tiny: tiny.git };
};
