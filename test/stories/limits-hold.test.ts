import fc from 'fast-check';
import { AIMessage } from '@langchain/core/messages';
import { expect, test } from 'vitest';
import { maxOutputTokens } from '../../src/agents/chat-model.js';
import { digestOf } from '../../src/blackboard/digest.js';
import { openSqliteStore } from '../../src/blackboard/sqlite-store.js';
import type { Ports } from '../../src/tools/ports.js';
import { calling, ScriptedModel } from '../support/scripted-model.js';
import { simulatedRelease } from '../support/simulated-release.js';

/** Says something in one to three turns, and takes as many tokens as it was allowed. */
const hungry = () =>
  new ScriptedModel((messages, call) => {
    const words = messages.reduce((sum, { text }) => sum + text.length, 0);
    const answer = call % 3 === 0 ? new AIMessage('nothing to say') : calling({ name: 'no_such_tool', args: {} });
    return Object.assign(answer, {
      usage_metadata: { input_tokens: words, output_tokens: maxOutputTokens, total_tokens: words + maxOutputTokens },
    });
  });

const standing = async ({ deployment }: Ports) => {
  const [staging, production] = [await deployment.status('staging'), await deployment.status('production')];
  const serving = production.slots.find(({ slot }) => slot === production.activeSlot)?.version ?? null;
  return { staging: staging.candidateWeightPercent, production: production.candidateWeightPercent, serving };
};

test('whatever the limits are, none is exceeded, and a stop leaves no traffic half way and production on its stable version', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constant(1_600_000_000), fc.integer({ min: 1, max: 12_000_000 })),
      fc.oneof(fc.constant(14), fc.double({ min: 0.01, max: 2, noNaN: true })),
      async (maxCredits, maxActiveMinutes) => {
        const { run, store, ports } = await simulatedRelease({ model: hungry(), config: { limits: { maxCredits, maxActiveMinutes } } });
        const { state } = await run();
        expect((await store.spent('release-1')).credits).toBeLessThanOrEqual(maxCredits);
        const { serving, ...weights } = await standing(ports);
        expect(weights).toEqual({ staging: 0, production: 0 });
        const rolledOut = (await store.journal('release-1')).some(({ name }) => name === 'promote_to_production');
        expect(rolledOut ? ['v2.2.0'] : [null, 'v2.1.1']).toContain(serving);
        if (state.halt === null) expect(state.outcome).toBe('promoted');
        else expect(state.halt).toMatchObject({ outcome: 'stopped', code: 'LIMIT_REACHED' });
      },
    ),
    { numRuns: 25 },
  );
});

test('calls that were cut off stay counted: a release that dies in each of its calls still never spends more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 40, max: 400 }),
      async (cutOff, maxCredits) => {
        const store = openSqliteStore(':memory:');
        let billed = 0;
        for (const [call, isCutOff] of cutOff.entries()) {
          const id = digestOf(Math.floor(call / 3)); // the same call again, as after a resume
          const operation = { id, release: 'r', name: 'model', at: call, reservedCredits: 40, maxCredits };
          const isNew = (await store.operation(id))?.finishedAt == null;
          if (!(await store.beginOperation(operation)) || !isNew) continue;
          billed += 40; // the provider bills a call whether its answer comes or not
          if (isCutOff) continue;
          await store.finishOperation({
            id,
            release: 'r',
            at: call,
            value: call,
            cost: { inputTokens: 1, outputTokens: 1, credits: 40 },
            entries: [],
          });
        }
        expect((await store.spent('r')).credits).toBe(billed);
        expect(billed).toBeLessThanOrEqual(maxCredits);
        await store.close();
      },
    ),
  );
});
