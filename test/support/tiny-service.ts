import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const nodeService = `import { createServer } from 'node:http';
const headers = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" };
createServer((request, response) => {
  const known = ['/', '/healthz'].includes(new URL(request.url, 'http://x').pathname);
  if (request.method !== 'GET') return response.writeHead(405, headers).end();
  response.writeHead(known ? 200 : 404, headers).end(known ? 'fine' : 'not found');
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

const pythonService = `import http.server, os, sys

class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1
    server_version = 'service'
    sys_version = ''

    def answer(self, code, text):
        body = text.encode()
        self.send_response(code)
        self.send_header('content-length', str(len(body)))
        self.send_header('x-content-type-options', 'nosniff')
        self.send_header('content-security-policy', "default-src 'none'")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200 if self.path in ('/', '/healthz') else 404, 'fine')

    def send_error(self, code, message=None, explain=None):
        self.answer(405 if code == 501 else code, 'refused')

    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64

Server(('127.0.0.1', int(sys.argv[1])), Service).serve_forever()
`;

export const off = Object.fromEntries(
  [
    'vulnerability_scan',
    'dependency_check',
    'code_analysis',
    'unit_tests',
    'integration_tests',
    'regression_tests',
    'api_tests',
    'ui_tests',
    'smoke_tests',
    'memory_growth',
  ].map((check) => [check, 'a service of one file']),
);

type Changes = { service?: object; [key: string]: unknown };

/** A service of one file in a git repository of its own, with tags v1.0.0 and v1.1.0, and a configuration beside it. */
export const tinyService = async (language: 'node' | 'python', { service: ownService, ...changes }: Changes = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-'));
  const repository = join(folder, 'repository');
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: repository });
  const write = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(repository, path)), { recursive: true });
      await writeFile(join(repository, path), text);
    }
  };
  const commit = async (message: string, files: Record<string, string>, ...tags: string[]) => {
    await write(files);
    await git('add', '-A');
    await git('commit', '--quiet', '-m', message);
    for (const tag of tags) await git('tag', tag);
  };
  await mkdir(repository);
  await git('init', '--quiet', '--initial-branch', 'main');
  await commit('First', language === 'node' ? { 'service.mjs': nodeService } : { 'service.py': pythonService }, 'v1.0.0');
  await commit('Second', { 'notes.txt': 'second\n' }, 'v1.1.0');
  const config = {
    service: {
      name: 'tiny',
      repository: 'repository',
      stable: 'v1.0.0',
      start: { command: language === 'node' ? ['node', 'service.mjs'] : ['python3', 'service.py', '{port}'], readyMs: 5_000 },
      ...ownService,
    },
    criticalUserPaths: ['/'],
    load: { connections: 10, durationMs: 1_500 },
    performanceTargets: { throughputRps: 50 },
    gates: { off },
    stability: { soakMs: 3_000 },
    rollout: { steps: [{ weightPercent: 25, pauseMs: 1_500 }], watchMs: 1_500, sampleMs: 250, drainMs: 1_000, minRequests: 5 },
    approvers: ['owner'],
    ...changes,
  };
  await writeFile(join(folder, 'staging.config.json'), JSON.stringify(config));
  return { folder, repository, git, commit, write, service: language === 'node' ? nodeService : pythonService };
};
