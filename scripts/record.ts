/**
 * Records the tapes of test/recordings. Without a key, the answers come from where each story says: the runbook, aimock, or what was
 * written by hand. With OPENAI_API_KEY set, they are replaced by those of the real model, after the script has said what that will cost;
 * `--estimate` stops there. Names of stories narrow it down; `--into FOLDER` records elsewhere.
 */
import { parseArgs } from 'node:util';
import { prices } from '../src/catalog/prices.js';
import { explainError } from '../src/catalog/errors.js';
import { openTape, readTape } from '../src/replay/public.js';
import { recordedModel, stories, tapeOf, tell, type Story } from '../test/recordings/stories.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { estimate: { type: 'boolean' }, into: { type: 'string' } } });
const real = Boolean(process.env['OPENAI_API_KEY']);
const chosen = stories.filter((story) => positionals.length === 0 || positionals.includes(story.name));

/** Tokens that the tapes of these stories took, at the list price of the model. */
const estimate = async (): Promise<{ calls: number; dollars: number }> => {
  let [calls, microDollars] = [0, 0];
  const price = prices[recordedModel] ?? { input: 0, output: 0 };
  for (const story of chosen) {
    const tape = await readTape(tapeOf(story));
    calls += tape.calls.length;
    for (const { request, reply } of tape.calls) {
      const [asked, answered] = [JSON.stringify(request.body).length / 4, JSON.stringify(reply).length / 4];
      microDollars += (asked * price.input + answered * price.output) / 1_000_000;
    }
  }
  return { calls, dollars: microDollars / 1_000_000 };
};

const record = async (story: Story): Promise<void> => {
  const endpoint = real ? null : await story.open();
  if (endpoint) {
    process.env['OPENAI_BASE_URL'] = endpoint.url;
    process.env['OPENAI_API_KEY'] = 'recording-on-loopback';
  }
  const tape = await openTape({
    file: tapeOf(story, values.into),
    mode: 'record',
    prompts: 'prompts',
    source: real ? 'recorded' : story.source,
  });
  try {
    const { state, spent } = await tape.run(() => tell(story));
    console.log(`${tape.file}: ${state.outcome}, ${spent?.calls} answers`);
    if (state.outcome !== story.outcome) process.exitCode = 4;
    if (state.outcome !== story.outcome) console.error(`  ${story.outcome} was expected: ${state.outcomeReason}`);
  } finally {
    tape.close();
    await endpoint?.close();
  }
};

try {
  if (real) {
    const { calls, dollars } = await estimate();
    console.log(`About ${calls} calls to ${recordedModel}, about ${dollars.toFixed(3)} dollars at list price.`);
  }
  if (!values.estimate) for (const story of chosen) await record(story);
} catch (error) {
  console.error(explainError(error));
  process.exitCode = 1;
}
