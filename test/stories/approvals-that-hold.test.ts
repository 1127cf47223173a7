import { expect, test } from 'vitest';
import type { ApprovalQuestion } from '../../src/graph/approval-question.js';
import { simulatedRelease } from '../support/simulated-release.js';

const shown = (question: ApprovalQuestion | null): ApprovalQuestion => {
  if (question === null) throw new Error('nothing is asked');
  return question;
};
const yes = (question: ApprovalQuestion | null, by?: string) => ({
  digest: shown(question).digest,
  decision: 'approved',
  ...(by && { by }),
});
const three = { approvers: ['alice', 'bob', 'carol'], approval: { quorum: 2 } };
const unsigned = { preApprovedBy: null };

test('two of three approve, each with an answer of their own, and the first one twice counts once', async () => {
  const { run, answer } = await simulatedRelease({ ...unsigned, config: three });
  const { question } = await run();
  const first = await answer(yes(question, 'alice'));
  expect(first.question).toMatchObject({
    approvedBy: ['alice'],
    note: 'alice has approved; 1 of 2 approvals (alice), waiting for the approval of bob or carol',
  });
  const twice = await answer(yes(question, 'alice'));
  expect(twice.question?.note).toContain('alice has approved already');
  const { state } = await answer(yes(question, 'carol'));
  expect(state.outcome).toBe('promoted');
  const signOff = state.gate_evaluations?.find((one) => one.gate === 'approval')?.checks.find((one) => one.check === 'stakeholder_signoff');
  expect(signOff).toMatchObject({ outcome: 'passed', value: 'alice and carol', target: 'approved by 2 of alice, bob, carol' });
});

test('one no is enough, and an approval can be taken back before it is used', async () => {
  const { run, answer } = await simulatedRelease({ ...unsigned, config: three });
  const { question } = await run();
  await answer(yes(question, 'alice'));
  const back = await answer({ digest: question?.digest, decision: 'withdrawn', by: 'alice' });
  expect(back.question).toMatchObject({ approvedBy: [], note: 'alice has taken the approval back' });
  const second = await answer(yes(question, 'bob'));
  expect(second.state.outcome).toBeNull();
  const { state } = await answer({ digest: question?.digest, decision: 'rejected', by: 'carol' });
  expect(state.outcome).toBe('rejected');
});

test('who asked for the release does not approve it, and somebody else does', async () => {
  const { run, answer } = await simulatedRelease({ ...unsigned, requestedBy: 'alice', config: { approvers: ['alice', 'bob'] } });
  const { question } = await run();
  expect(question).toMatchObject({ requestedBy: 'alice' });
  const own = await answer(yes(question, 'alice'));
  expect(own.question?.note).toBe('alice asked for this release and does not approve it as well; ask bob');
  expect((await answer(yes(question, 'bob'))).state.outcome).toBe('promoted');
});

test('a signature given beforehand by whoever asked is refused before anything begins', async () => {
  const { run } = await simulatedRelease({ preApprovedBy: 'alice', requestedBy: 'alice', config: { approvers: ['alice', 'bob'] } });
  await expect(run()).rejects.toThrow(/alice asked for this release/);
});

test('a credential says who answers, whatever the answer says; where the policy wants one, nothing else counts', async () => {
  const config = { approvers: ['alice', 'bob'], approval: { identity: 'credential' as const } };
  const { run, answer } = await simulatedRelease({ ...unsigned, config });
  const { question } = await run();
  expect((await answer(yes(question, 'alice'))).question?.note).toContain('nothing vouches for who answers');
  expect((await answer(yes(question, 'alice'), 'mallory')).question?.note).toContain('the credential says mallory');
  expect((await answer('approve ' + shown(question).code + ' as alice', 'mallory')).question?.note).toContain('mallory is no approver');
  const { state } = await answer({ decisions: [{ type: 'approve' }] }, 'bob');
  expect(state.approvals).toMatchObject([{ by: 'bob', decision: 'approved' }]);
  expect(state.outcome).toBe('promoted');
});

test('an answer to a question that has expired is refused, and everything is judged and asked anew', async () => {
  const { run, answer, ports } = await simulatedRelease({ ...unsigned, config: { approval: { expiresMs: 3_600_000 } } });
  const { question } = await run();
  await ports.clock.sleep(3_700_000);
  const anew = await answer(yes(question, 'owner'));
  expect(anew.state.approvals).toEqual([]);
  expect(anew.question).toMatchObject({ note: 'the question was older than the 1 h that it stands', ask: 2 });
  expect(anew.topics.filter((topic) => topic === 'staging/production_readiness_check')).toHaveLength(2);
  expect((await answer(yes(anew.question, 'owner'))).state.outcome).toBe('promoted');
});

test('a commit that came while a person was asked withdraws the question, and the next one shows it', async () => {
  const { run, answer, ports } = await simulatedRelease(unsigned);
  const { question } = await run();
  const heads = ports.source.heads.bind(ports.source);
  ports.source.heads = async (...given) => ({ ...(await heads(...given)), wishlist: 'ffffffffffffffff' });
  const again = await answer(yes(question, 'owner'));
  const news = 'wishlist has a newer commit, ffffffffff, which is not in this';
  expect(again.state.approvals).toEqual([]);
  expect(again.question?.risks).toContain(news);
  expect(again.question?.digest).not.toBe(question?.digest);
  expect((await answer(yes(question, 'owner'))).question?.note).toContain('for another question');
  const { state } = await answer(yes(again.question, 'owner'));
  expect(state.outcome).toBe('promoted');
});

test('a repository that cannot be asked is shown to the approver, who can decide nonetheless', async () => {
  const { run, answer, ports } = await simulatedRelease(unsigned);
  const { question } = await run();
  ports.source.heads = () => Promise.reject(new Error('the disk is gone'));
  const again = await answer(yes(question, 'owner'));
  expect(again.question?.risks.join()).toMatch(/whether there are newer commits is not known: .*: the disk is gone/);
  expect((await answer(yes(again.question, 'owner'))).state.outcome).toBe('promoted');
});

test('a breach while a person is asked takes the candidate back, whatever the answer', async () => {
  const { run, answer, ports } = await simulatedRelease({
    ...unsigned,
    faults: [{ kind: 'crash', afterS: 2 * 86_400 }],
  });
  const { question } = await run();
  await ports.clock.sleep(3 * 86_400_000);
  const { state } = await answer(yes(question, 'owner'));
  expect(state.outcome).toBe('rolled_back');
});

test('what updateState changes under an open question is not approved: it is asked anew, with what there is now', async () => {
  const { run, answer, graph, thread } = await simulatedRelease(unsigned);
  const { question, state: before } = await run();
  await graph.updateState(thread, { development_changes: { ...before.development_changes, artifact: 'sha256:evil' } });
  const again = await answer(yes(question, 'owner'));
  expect(again.state.outcome).toBeNull();
  expect(again.state.approvals).toEqual([]);
  expect(again.question).toMatchObject({ artifact: 'sha256:evil', note: 'what was shown has changed since it was shown' });
});

test('a button without a digest approves nothing that was changed after it was shown', async () => {
  const { run, answer, graph, thread, resume } = await simulatedRelease(unsigned);
  const { state: before } = await run();
  await graph.updateState(thread, { development_changes: { ...before.development_changes, artifact: 'sha256:evil' } });
  const again = await answer({ decisions: [{ type: 'approve' }] });
  expect(again.state.approvals).toEqual([]);
  expect((await resume()).state.outcome).toBeNull();
});

test('an answer by the id of a question that was answered is refused by name, and changes nothing', async () => {
  const { run, answer, graph, thread, resume } = await simulatedRelease(unsigned);
  const { question } = await run();
  const idOf = async () => (await graph.getState(thread)).tasks[0]?.interrupts[0]?.id ?? '';
  const used = await idOf();
  const again = await answer('hello');
  await expect(answer({ [used]: yes(question, 'owner') })).rejects.toThrow(/already-consumed interrupt/);
  expect((await resume()).state.answers).toEqual(again.state.answers);
  expect((await answer({ [await idOf()]: yes(question, 'owner') })).state.outcome).toBe('promoted');
});

test('going on without an answer gives none: the question stays, and no earlier answer is used again', async () => {
  const { run, answer, graph, thread } = await simulatedRelease({ ...unsigned, config: three });
  const { question } = await run();
  await answer(yes(question, 'alice'));
  for (let time = 0; time < 3; time += 1) await graph.invoke(null, thread);
  const seen = await graph.getState(thread);
  expect(seen).toMatchObject({ values: { outcome: null, answers: [{}], approvals: [{ by: 'alice' }] } });
});

test('the approver is shown what would be deployed, every gate, the risks, the way back and what has changed', async () => {
  const { run } = await simulatedRelease(unsigned);
  const { question } = await run();
  expect(
    shown(question)
      .gates.map(({ gate }) => gate)
      .sort(),
  ).toEqual(['approval', 'functional', 'performance', 'security', 'stability']);
  expect(question).toMatchObject({
    artifact: expect.stringMatching(/^sha256:/) as string,
    rollback: expect.stringContaining('v2.1.1') as string,
    changes: { files: expect.any(Number) as number, features: ['wishlist', 'fast-checkout'] },
    quorum: 1,
    expiresAt: expect.any(Number) as number,
  });
});
