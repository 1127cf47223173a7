import { expect, test } from 'vitest';
import { styles } from '../support/answer-styles.js';
import { simulatedRelease } from '../support/simulated-release.js';

test.each(Object.entries(styles))(
  '%s: an edit, a reply and a wrong shape each leave the question open with a reason, then a right answer promotes',
  async (_, answers) => {
    const { run, answer, store } = await simulatedRelease({ preApprovedBy: null });
    let { question } = await run();
    for (const given of [answers.edit, answers.reply, answers.wrong]) {
      if (question === null) throw new Error('nothing is asked any more');
      const again = await answer(given(question));
      expect(again.state.outcome).toBeNull();
      expect(again.question).toMatchObject({ digest: question.digest, ask: question.ask + 1, note: expect.stringMatching(/./) as string });
      expect(again.state.messages.at(-1)?.text).toMatch(/The question stays open\.$/);
      question = again.question;
    }
    if (question === null) throw new Error('nothing is asked any more');
    const { state } = await answer(answers.right(question));
    expect(state.outcome).toBe('promoted');
    expect(state.approvals).toMatchObject([{ by: 'owner', decision: 'approved' }]);
    const notes = (await store.journal('release-1')).filter((row) => row.kind === 'note' && row.name.startsWith('approval'));
    expect(notes.map((row) => row.name)).toEqual([...Array<string>(3).fill('approval answer refused'), 'approval approved']);
  },
);

test.each(Object.entries(styles))('%s: a no sends staging back, with the reason', async (_, answers) => {
  const { run, answer } = await simulatedRelease({ preApprovedBy: null });
  const { question } = await run();
  if (question === null) throw new Error('nothing is asked');
  const { state } = await answer(answers.no(question));
  expect(state.outcome).toBe('rejected');
  expect(state.outcomeReason).toContain('not on a Friday');
});
