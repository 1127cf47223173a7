import { expect, test } from 'vitest';
import type { ApprovalQuestion } from '../../src/graph/approval-question.js';
import { styles } from '../support/answer-styles.js';
import { folderWith, simulatedService } from '../support/command.js';
import { servedDesk, tokens } from '../support/served-desk.js';

const waiting = async (options: Parameters<typeof servedDesk>[1] = {}) => {
  const served = await servedDesk({}, options);
  const id = await served.release();
  await served.desk.settled(id);
  const question = async () => (await served.call('owner', `/api/releases/${id}/question`)).json['question'] as ApprovalQuestion | null;
  const answer = async (given: unknown, digest: string, who: 'owner' | 'rita' = 'owner') =>
    served.call(who, `/api/releases/${id}/answer`, { json: { digest, answer: given } });
  return { ...served, id, question, answer };
};

test.each(Object.entries(styles))(
  '%s over HTTP: an edit, a reply and a wrong shape are each refused with a reason, then a right answer promotes',
  async (_, answers) => {
    const { desk, id, question, answer } = await waiting();
    const asked = (await question())!;
    for (const wrong of [answers.edit(asked), answers.reply(asked), answers.wrong(asked)]) {
      const { status, json } = await answer(wrong, asked.digest);
      expect([status, json]).toEqual([
        expect.toBeOneOf([400, 409]),
        {
          error: {
            code: expect.stringMatching(/^(?:ANSWER_UNCLEAR|APPROVAL_STALE)$/) as string,
            message: expect.any(String) as string,
            remedy: expect.any(String) as string,
          },
        },
      ]);
      expect(await question()).toEqual(asked);
    }
    const spoken = { decision: 'approved', digest: asked.digest, by: 'eve' };
    expect((await answer(spoken, asked.digest)).json).toMatchObject({ error: { code: 'NOT_AN_APPROVER' } });
    expect((await answer(answers.right(asked), 'sha256:0')).json).toMatchObject({ error: { code: 'APPROVAL_STALE' } });
    expect((await answer(answers.right(asked), asked.digest, 'rita')).json).toMatchObject({ error: { code: 'ROLE_MISSING' } });
    expect((await answer(answers.right(asked), asked.digest)).status).toBe(202);
    expect(await desk.settled(id)).toMatchObject({ outcome: 'promoted' });
  },
);

test.each(Object.entries(styles))('%s over HTTP: a no sends staging back, with the reason', async (_, answers) => {
  const { desk, id, question, answer } = await waiting();
  const asked = (await question())!;
  expect((await answer(answers.no(asked), asked.digest)).status).toBe(202);
  expect(await desk.settled(id)).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('not on a Friday') as string });
});

const credential = { ...simulatedService, approval: { identity: 'credential', fourEyes: false } };

test('where the policy wants a credential, the token that the configuration names decides', async () => {
  const { desk, id, question, answer } = await waiting({ folder: await folderWith({ ...credential, server: { tokens } }) });
  const asked = (await question())!;
  expect((await answer(styles['LangChain in Python']!.right(asked), asked.digest)).status).toBe(202);
  expect(await desk.settled(id)).toMatchObject({ outcome: 'promoted' });
});

test('where the policy wants a credential, the name that the command was given with --as decides nothing', async () => {
  const { generated, desk, call } = await servedDesk({}, { folder: await folderWith(credential), as: 'owner' });
  const headers = { authorization: `Bearer ${generated?.token}` };
  const request = 'ship storefront v2.2.0 to staging, promote it if it is healthy';
  const id = String((await call(null, '/api/releases', { headers, json: { request } })).json['release']);
  await desk.settled(id);
  const { question } = (await call(null, `/api/releases/${id}/question`, { headers })).json as { question: ApprovalQuestion };
  const { status, json } = await call(null, `/api/releases/${id}/approve`, { headers, json: { digest: question.digest } });
  expect([status, json]).toMatchObject([403, { error: { message: expect.stringContaining('only with a credential') as string } }]);
  expect((await call(null, `/api/releases/${id}/question`, { headers })).json).toEqual({ question });
});

test('whoever asked for a release is told at once that their own yes does not count, and the question stays open', async () => {
  const roles = ['requester', 'approver'];
  const both = tokens.map((token) => (token.name === 'owner' ? { ...token, roles } : token));
  const { desk, call } = await servedDesk({}, { folder: await folderWith({ ...simulatedService, server: { tokens: both } }) });
  const request = 'ship storefront v2.2.0 to staging, promote it if it is healthy';
  const id = String((await call('owner', '/api/releases', { json: { request } })).json['release']);
  await desk.settled(id);
  const { question } = (await call('owner', `/api/releases/${id}/question`)).json as { question: ApprovalQuestion };
  const own = await call('owner', `/api/releases/${id}/approve`, { json: { digest: question.digest } });
  expect(own).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('asked for this release') as string } } });
  expect((await call('owner', `/api/releases/${id}/question`)).json).toEqual({ question });
});
