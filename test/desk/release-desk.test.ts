import { expect, test } from 'vitest';
import type { Caller, DeskEvent, ReleaseDesk } from '../../src/desk/desk-contract.js';
import { openReleaseDesk } from '../../src/desk/release-desk.js';
import { openSimulatedPorts } from '../../src/scenario/simulated-world.js';
import type { Ports } from '../../src/tools/ports.js';
import { simulatedConfig } from '../support/simulated-release.js';
import { folderWith, simulatedService } from '../support/command.js';

const person = (name: string, ...roles: Caller['roles']): Caller => ({ name, roles });
const rita = person('rita', 'requester');
const owner = person('owner', 'approver');
const olga = person('olga', 'operator');
const sentence = 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy';

const openIn = (folder: string, ports?: Ports): Promise<ReleaseDesk> =>
  openReleaseDesk({ config: `${folder}/staging.config.json`, dryRun: true, ...(ports && { ports }) });
const open = async (changes: object = {}) => {
  const folder = await folderWith({ ...simulatedService, ...changes });
  return { folder, desk: await openIn(folder) };
};
const accepted = async (desk: ReleaseDesk, text = sentence) => {
  const answer = await desk.request(rita, text);
  if (answer.kind !== 'accepted') throw new Error(answer.question);
  return answer;
};
const approve = async (desk: ReleaseDesk, id: string) =>
  desk.decide(owner, id, { digest: (await desk.question(owner, id))?.digest ?? '', decision: 'approved' });

test('a request goes through to production, and the document names who asked', async () => {
  const { desk } = await open();
  const { release, understood, state } = await accepted(desk);
  expect([understood, state]).toEqual([
    `Release ${release}: storefront v2.2.0 with wishlist to staging, then to production if every gate opens.`,
    'running',
  ]);
  expect(await desk.settled(release)).toMatchObject({ state: 'waiting', waitingFor: 'approval', requestedBy: 'rita', simulated: true });
  await approve(desk, release);
  expect(await desk.settled(release)).toMatchObject({ state: 'ended', waitingFor: null, outcome: 'promoted' });
  expect(await desk.get(rita, release)).toMatchObject({ outcome: 'promoted', request: { requestedBy: 'rita' } });
  expect((await desk.explain(rita, release)).text).toContain('performance gate: warning');
  expect(await desk.ask(rita, 'how did it go?')).toEqual({
    text: expect.stringContaining(`Release ${release}, storefront v2.2.0: promoted.`) as string,
    evidence: [],
  });
  await desk.close();
});

test('a second request waits its turn in the queue, and begins when the first has ended', async () => {
  const { desk } = await open();
  const first = await accepted(desk);
  const second = await accepted(desk, 'ship storefront v2.3.0 to staging');
  const third = await accepted(desk, 'ship storefront v2.4.0 to staging');
  expect([second.state, third.state]).toEqual(['queued', 'queued']);
  await desk.settled(first.release);
  expect((await desk.list(rita)).map((one) => [one.version, one.state])).toEqual([
    ['v2.4.0', 'queued'],
    ['v2.3.0', 'queued'],
    ['v2.2.0', 'waiting'],
  ]);
  await approve(desk, first.release);
  await desk.settled(third.release);
  const begun = (await desk.list(rita)).map((one) => [one.version, one.state, one.outcome]);
  expect(begun).toEqual([
    ['v2.4.0', 'ended', 'held'],
    ['v2.3.0', 'ended', 'held'],
    ['v2.2.0', 'ended', 'promoted'],
  ]);
  await desk.close();
});

const eve = person('eve', 'approver');

test('what a role, a name, a digest or an id does not cover is refused with its code, and the question stays open', async () => {
  const { desk } = await open();
  const { release } = await accepted(desk);
  await desk.settled(release);
  const refusals: [string, () => unknown][] = [
    ['ROLE_MISSING', () => desk.request(person('vera', 'viewer'), sentence)],
    ['ROLE_MISSING', () => desk.decide(rita, release, { digest: '', decision: 'approved' })],
    ['ROLE_MISSING', () => desk.rollBack(owner, release, '')],
    ['ROLE_MISSING', () => desk.cancel(rita, release, '')],
    ['ROLE_MISSING', () => desk.resume(owner, release)],
    ['NOT_AN_APPROVER', () => desk.decide(eve, release, { digest: '', decision: 'approved' })],
    ['APPROVAL_STALE', () => desk.decide(owner, release, { digest: 'sha256:other', decision: 'approved' })],
    ['RELEASE_UNKNOWN', () => desk.get(rita, 'nothing')],
    ['RELEASE_UNKNOWN', () => desk.settled('nothing')],
    ['EVIDENCE_UNKNOWN', () => desk.evidence(rita, 'sha256:nothing')],
  ];
  for (const [code, act] of refusals) await expect(act()).rejects.toMatchObject({ code });
  expect(await desk.question(eve, release)).toMatchObject({ release });
  await approve(desk, release);
  expect(await desk.settled(release)).toMatchObject({ outcome: 'promoted' });
  await desk.close();
});

test('of two answers to one question the second is told that nothing is asked', async () => {
  const { desk } = await open();
  const { release } = await accepted(desk);
  await desk.settled(release);
  const digest = (await desk.question(owner, release))?.digest ?? '';
  const answers = await Promise.allSettled([
    desk.decide(owner, release, { digest, decision: 'rejected', comment: 'not today' }),
    desk.decide(owner, release, { digest, decision: 'approved' }),
  ]);
  expect(answers.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
  expect(answers[1]).toMatchObject({ reason: { code: 'NOT_WAITING' } });
  expect(await desk.settled(release)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('not today') as string });
  await desk.close();
});

test('an unclear sentence is a question, and nothing has begun', async () => {
  const { desk } = await open();
  expect(await desk.request(rita, 'ship storefront')).toMatchObject({
    kind: 'unclear',
    question: expect.stringContaining('Which version') as string,
  });
  expect(await desk.request(rita, 'ship storefront 2.2 to staging, not before the audit')).toMatchObject({
    choices: ['v2.2.0'],
    sentences: ['ship storefront v2.2.0 to staging, not before the audit'],
  });
  expect(await desk.list(rita)).toEqual([]);
  await desk.close();
});

test('a follower that comes late or comes back is told what it has missed, once and in order', async () => {
  const { desk } = await open();
  const live: DeskEvent[] = [];
  const stop = desk.follow((event) => live.push(event));
  const { release } = await accepted(desk);
  await desk.settled(release);
  stop();
  expect(live.map((one) => one.sequence)).toEqual(live.map((_, index) => (live[0]?.sequence ?? 0) + index));
  expect(live.map((one) => one.kind)).toEqual(expect.arrayContaining(['state', 'started', 'tool', 'settled', 'gate', 'weight']));
  expect(new Set(live.map((one) => one.release))).toEqual(new Set([release]));
  const half = live[Math.floor(live.length / 2)]?.sequence ?? 0;
  const missed: DeskEvent[] = [];
  desk.follow((event) => missed.push(event), { after: half })();
  expect(missed).toEqual(live.filter((one) => one.sequence > half));
  desk.follow(() => expect.unreachable(), { after: 0, release: 'another' })();
  await desk.close();
});

test('a rollback while the candidate takes traffic ends the release at once, with the traffic back', async () => {
  const { desk } = await open();
  desk.follow((event) => {
    if (event.kind === 'weight' && event.text.startsWith('staging: 10 %')) void desk.rollBack(olga, event.release, 'customers complain');
  });
  const { release } = await accepted(desk);
  await desk.settled(release);
  expect((await desk.list(olga))[0]).toMatchObject({
    state: 'ended',
    outcome: 'rolled_back',
    reason: expect.stringContaining('rolled back by olga: customers complain') as string,
  });
  expect((await desk.get(olga, release)).rollout.map((one) => one.weight)).toEqual([10, 0]);
  await desk.close();
});

test.each([
  ['waits for an approval', async (desk: ReleaseDesk, id: string) => void (await desk.settled(id)), 'rolled_back'],
  ['waits in the queue', async () => undefined, 'stopped'],
])('a release that %s is cancelled, and the next one begins', async (title, until, outcome) => {
  const { desk } = await open();
  const first = await accepted(desk);
  const second = await accepted(desk);
  const cancelled = title.includes('queue') ? second.release : first.release;
  await until(desk, first.release);
  await desk.cancel(olga, cancelled, 'changed our mind');
  await desk.settled(cancelled);
  expect(await desk.get(olga, cancelled)).toMatchObject({
    state: 'ended',
    outcome,
    reason: expect.stringContaining('cancelled by olga: changed our mind') as string,
  });
  await expect(desk.cancel(olga, cancelled, '')).rejects.toMatchObject({ code: 'RELEASE_ENDED' });
  const other = cancelled === first.release ? second.release : first.release;
  expect(await desk.settled(other)).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
  await desk.close();
});

test('after a restart what ran goes on, what was asked is asked again, and the queue is as it was', async () => {
  const folder = await folderWith(simulatedService);
  const ports = openSimulatedPorts({ config: simulatedConfig() }); // the world outlives the process
  const desk = await openIn(folder, ports);
  const first = await accepted(desk);
  const second = await accepted(desk, 'ship storefront v2.3.0 to staging');
  const closing: Promise<void>[] = [];
  desk.follow((event) => {
    if (event.routine === 'staging-deployment-routine' && event.kind === 'settled') closing.push(desk.close());
  });
  expect(await desk.settled(first.release)).toMatchObject({ state: 'running' });
  await Promise.all(closing);

  const again = await openIn(folder, ports);
  expect(again.pickedUp).toEqual([first.release]);
  expect(await again.settled(first.release)).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
  await again.close();

  const third = await openIn(folder, ports);
  expect(await third.settled(first.release)).toMatchObject({ state: 'waiting', waitingFor: 'approval' });
  await approve(third, first.release);
  expect(await third.settled(second.release)).toMatchObject({ version: 'v2.3.0', state: 'ended', outcome: 'held' });
  const document = await third.get(rita, first.release);
  expect(document).toMatchObject({ outcome: 'promoted', request: { requestedBy: 'rita' } });
  expect(document.rollout.map((one) => one.weight)).toEqual([10, 100, 100, 10, 100, 100]);
  await third.close();
});

test('one state directory has one desk', async () => {
  const { folder, desk } = await open();
  await expect(openIn(folder)).rejects.toMatchObject({ code: 'RELEASE_RUNNING' });
  await desk.close();
  await (await openIn(folder)).close();
});

test('a release that has stopped goes on when an operator says so', async () => {
  const { folder, desk } = await open({ limits: { maxActiveMinutes: 0.001 } });
  const { release } = await accepted(desk);
  expect(await desk.settled(release)).toMatchObject({ state: 'waiting', waitingFor: 'person', outcome: 'stopped' });
  await desk.resume(olga, release);
  expect(await desk.settled(release)).toMatchObject({ waitingFor: 'person', outcome: 'stopped' });
  await desk.close();
  const again = await openIn(folder);
  expect(again.pickedUp).toEqual([]);
  await again.close();
});
