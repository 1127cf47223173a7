import { afterEach, expect, test } from 'vitest';
import { artifactOf, folderOf, openTesting, serve } from '../fixtures/local-testing.js';

const lock = (packages: Record<string, object>, lockfileVersion = 3) =>
  JSON.stringify({ name: 'shop', lockfileVersion, packages: { '': { name: 'shop', version: '1.0.0' }, ...packages } });
const advisory = (more: object, events: object[] = [{ introduced: '0' }, { fixed: '2.0.0' }]) => ({
  id: 'GHSA-test',
  modified: '2026-01-01T00:00:00Z',
  summary: 'it breaks',
  affected: [{ package: { ecosystem: 'npm', name: 'left' }, ranges: [{ type: 'SEMVER', events }] }],
  ...more,
});

const audit = async (lockFile: string, advisories: unknown, name = 'package-lock.json') => {
  const configDir = await folderOf({ 'advisories/one.json': typeof advisories === 'string' ? advisories : JSON.stringify(advisories) });
  const testing = await openTesting({ security: { lockFile: name, advisories: 'advisories' } }, configDir);
  return testing.auditDependencies(await artifactOf({ [name]: lockFile }));
};

test('an affected package is reported, an unaffected version of it is not', async () => {
  const result = await audit(
    lock({
      'node_modules/left': { version: '1.9.9' },
      'node_modules/a/node_modules/left': { version: '2.0.0' },
      'node_modules/@scope/left': { version: '1.0.0' },
      'packages/left': { version: '1.0.0' },
      'node_modules/linked': { link: true, resolved: 'packages/left' },
    }),
    advisory({ database_specific: { severity: 'HIGH' } }),
  );
  expect(result).toEqual({
    status: 'completed',
    reason: '',
    source: 'advisories',
    packages: 3,
    vulnerabilities: [{ id: 'GHSA-test', package: 'left', version: '1.9.9', severity: 'high', title: 'it breaks' }],
  });
});

test.each([
  ['1.0.0', [{ introduced: '1.0.0' }, { fixed: '1.2.0' }], true],
  ['0.9.9', [{ introduced: '1.0.0' }, { fixed: '1.2.0' }], false],
  ['1.2.0', [{ introduced: '1.0.0' }, { fixed: '1.2.0' }], false],
  ['1.2.0', [{ introduced: '0' }, { last_affected: '1.2.0' }], true],
  ['1.2.1', [{ introduced: '0' }, { last_affected: '1.2.0' }], false],
  ['3.1.0', [{ introduced: '0' }, { fixed: '1.2.0' }, { introduced: '3.0.0' }, { fixed: '3.1.1' }], true],
  ['2.0.0', [{ introduced: '3.0.0' }, { fixed: '3.1.1' }, { introduced: '0' }, { fixed: '1.2.0' }], false],
  ['9.0.0', [{ introduced: '0' }], true],
  ['2.0.0-rc.1', [{ introduced: '0' }, { fixed: '2.0.0' }], true],
  ['0.0.0-alpha', [{ introduced: '0' }], true],
  ['git-abc', [{ introduced: '1.0.0' }, { fixed: '1.2.0' }], true],
])('version %s against the events %j is affected: %s', async (version, events, affected) => {
  const { vulnerabilities } = await audit(lock({ 'node_modules/left': { version } }), advisory({}, events));
  expect(vulnerabilities.length === 1).toBe(affected);
});

test.each([
  [
    'the word of the database',
    { database_specific: { severity: 'MODERATE' }, severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] },
    'moderate',
  ],
  ['the CVSS vector', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] }, 'critical'],
  [
    'nothing that is understood',
    { severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N' }], database_specific: { severity: 'awful' } },
    'unknown',
  ],
  ['nothing', {}, 'unknown'],
])('the severity comes from %s', async (_, more, severity) => {
  const { vulnerabilities } = await audit(lock({ 'node_modules/left': { version: '1.0.0' } }), [advisory(more)]);
  expect(vulnerabilities.map((one) => one.severity)).toEqual([severity]);
});

test('a withdrawn advisory and one of another ecosystem say nothing', async () => {
  const other = { affected: [{ package: { ecosystem: 'PyPI', name: 'left' }, versions: ['1.0.0'] }] };
  const result = await audit(lock({ 'node_modules/left': { version: '1.0.0' } }), [
    advisory({ withdrawn: '2026-02-01T00:00:00Z' }),
    advisory(other),
  ]);
  expect(result).toMatchObject({ status: 'completed', vulnerabilities: [] });
});

test('an aliased package is looked up by its real name', async () => {
  const { vulnerabilities } = await audit(lock({ 'node_modules/alias': { name: 'left', version: '1.0.0' } }, 2), advisory({}));
  expect(vulnerabilities).toMatchObject([{ package: 'left' }]);
});

test('a CycloneDX SBOM serves for other languages', async () => {
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      {
        type: 'library',
        name: 'Flask_Login',
        purl: 'pkg:pypi/Flask_Login@0.5.0',
        components: [{ type: 'library', name: 'core', purl: 'pkg:maven/org.acme/core@1.0.0?type=jar' }],
      },
      { type: 'library', name: '@s/left', purl: 'pkg:npm/%40s/left@1.0.0' },
      { type: 'operating-system', name: 'debian' },
    ],
  };
  const advisories = [
    {
      id: 'PY',
      affected: [
        {
          package: { ecosystem: 'PyPI', name: 'flask-login' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
          versions: ['0.5.0'],
        },
      ],
    },
    {
      id: 'MVN',
      affected: [
        {
          package: { ecosystem: 'Maven', name: 'org.acme:core' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '0.9' }] }],
          versions: ['0.8.0'],
        },
      ],
    },
    { id: 'NPM', affected: [{ package: { ecosystem: 'npm', name: '@s/left' }, versions: ['1.0.0'] }] },
  ];
  const result = await audit(JSON.stringify(bom), advisories, 'bom.json');
  expect(result).toMatchObject({ status: 'completed', packages: 3 });
  expect(result.vulnerabilities.map((one) => one.id)).toEqual(['PY', 'NPM']);
});

test.each([
  ['requirements.txt', 'flask==1.0', /not JSON.*CycloneDX/],
  ['old.json', JSON.stringify({ lockfileVersion: 1, dependencies: {} }), /format is not known; supported are package-lock\.json/],
  ['package-lock.json', '{"lockfileVersion": 3, "packa', /not JSON/],
  ['bom.json', JSON.stringify({ bomFormat: 'CycloneDX', components: [{ type: 'library', name: 'x' }] }), /"x" has no package URL/],
  ['noversion.json', lock({ 'node_modules/left': {} }), /has no version/],
])('%s is errored when it cannot be looked up whole', async (name, text, why) => {
  const result = await audit(text, advisory({}), name);
  expect(result).toMatchObject({ status: 'errored', vulnerabilities: [] });
  expect(result.reason).toMatch(why);
});

test.each([
  ['no JSON', 'oops', /one\.json/],
  ['something else', '{"hello": 1}', /neither a record/],
  ['an empty list', '[]', /holds no advisory/],
  ['one bad record among good ones', JSON.stringify([advisory({}), { id: 7 }]), /neither a record/],
])('advisories that are %s make the audit errored', async (_, text, why) => {
  const result = await audit(lock({}), text);
  expect(result.status).toBe('errored');
  expect(result.reason).toMatch(why);
});

test('missing advisories and a missing lock file are errored, no lock file configured is not_configured', async () => {
  const artifact = await artifactOf({ 'package-lock.json': lock({}) });
  const gone = await openTesting({ security: { lockFile: 'package-lock.json', advisories: 'nowhere' } }, await folderOf());
  expect(await gone.auditDependencies(artifact)).toMatchObject({ status: 'errored', reason: expect.stringMatching(/ENOENT/) as string });
  const other = await openTesting({ security: { lockFile: 'other.json', advisories: 'nowhere' } });
  expect(await other.auditDependencies(artifact)).toMatchObject({ status: 'errored', reason: 'the artifact has no other.json' });
  expect(await (await openTesting()).auditDependencies(artifact)).toMatchObject({ status: 'not_configured' });
});

const registryBefore = process.env['npm_config_registry'];
afterEach(() => {
  if (registryBefore === undefined) delete process.env['npm_config_registry'];
  else process.env['npm_config_registry'] = registryBefore;
});

const auditAtRegistry = async (
  url: string,
  text = lock({ 'node_modules/left': { version: '1.0.0' }, 'node_modules/a/node_modules/left': { version: '2.0.0' } }),
) => {
  process.env['npm_config_registry'] = `${url}/`;
  const testing = await openTesting({ security: { lockFile: 'package-lock.json' } });
  return testing.auditDependencies(await artifactOf({ 'package-lock.json': text }));
};

test('the registry is asked for every version, and its answer is matched by range', async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => asked.push(`${request.method} ${request.url} ${chunk.toString()}`));
    const row = {
      id: 1,
      url: 'https://github.com/advisories/GHSA-abcd-1234-wxyz',
      title: 'bad',
      severity: 'critical',
      vulnerable_versions: '<2.0.0',
    };
    response.end(JSON.stringify({ left: [row] }));
  });
  const result = await auditAtRegistry(url);
  expect(asked).toEqual(['POST /-/npm/v1/security/advisories/bulk {"left":["1.0.0","2.0.0"]}']);
  expect(result).toEqual({
    status: 'completed',
    reason: '',
    source: url,
    packages: 2,
    vulnerabilities: [{ id: 'GHSA-abcd-1234-wxyz', package: 'left', version: '1.0.0', severity: 'critical', title: 'bad' }],
  });
});

test.each([
  ['refuses', 405, '{}', /answered 405/],
  ['answers with a page', 200, '<html>', /not the list/],
  ['answers with another shape', 200, '{"left": 3}', /not the list/],
])('a registry that %s makes the audit errored, never clean', async (_, status, body, why) => {
  const result = await auditAtRegistry(await serve((_request, response) => response.writeHead(status).end(body)));
  expect(result).toMatchObject({ status: 'errored', vulnerabilities: [] });
  expect(result.reason).toMatch(why);
});

test('a registry that is not there makes the audit errored', async () => {
  const result = await auditAtRegistry('http://127.0.0.1:1');
  expect(result).toMatchObject({ status: 'errored' });
  expect(result.reason).toMatch(/ECONNREFUSED|bad port/);
});

test('packages of another language cannot be asked for at the npm registry', async () => {
  const bom = JSON.stringify({ bomFormat: 'CycloneDX', components: [{ type: 'library', name: 'x', purl: 'pkg:pypi/x@1' }] });
  expect((await auditAtRegistry('http://127.0.0.1:1', bom)).reason).toMatch(/npm packages only/);
});
