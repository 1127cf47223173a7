/**
 * Records the tapes of test/recordings, replays each at once, and writes down the digest of the journal that it leaves. Without a key, the
 * answers come from where each story says: the runbook, aimock, or what was written by hand. With OPENAI_API_KEY set, they are replaced by
 * those of the real model, after the script has said what that will cost; `--estimate` stops there. Names of stories narrow it down;
 * `--into FOLDER` records elsewhere.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prices } from '../src/catalog/prices.js';
import { explainError } from '../src/catalog/errors.js';
import { openTape, readTape } from '../src/replay/public.js';
import { journalDigest, journalsFile, recordedModel, stories, storyName, tapeOf, tell, type Story } from '../test/recordings/stories.js';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { estimate: { type: 'boolean' }, into: { type: 'string' } } });
const folder = values.into ?? 'test/recordings';
const real = Boolean(process.env['OPENAI_API_KEY']);
const chosen = stories.filter(({ scenario }) => positionals.length === 0 || positionals.includes(scenario.name));

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

/** Gives the digest of the journal. */
const record = async (story: Story): Promise<string> => {
  const endpoint = real ? null : await story.open();
  if (endpoint) {
    process.env['OPENAI_BASE_URL'] = endpoint.url;
    process.env['OPENAI_API_KEY'] = 'recording-on-loopback';
  }
  const file = tapeOf(story, folder);
  const earlier = existsSync(file) ? readFileSync(file, 'utf8') : null;
  let tape: Awaited<ReturnType<typeof openTape>> | null = null;
  try {
    tape = await openTape({ file, mode: 'record', prompts: 'prompts', source: real ? 'recorded' : story.source });
    const told = await tape.run(() => tell(story));
    console.log(`${file}: ${told.outcome}, ${told.model.calls} answers`);
    for (const { criterion, expected, actual, met } of await told.expectations())
      if (!met) complain(`${criterion}: ${expected} was expected, and it is ${actual}`);
    const again = await (await openTape({ file, mode: 'replay' })).run(() => tell(story));
    if (journalDigest(again) !== journalDigest(told)) complain('its replay left another journal than its recording');
    if (earlier !== null && said(earlier) === said(readFileSync(file, 'utf8'))) writeFileSync(file, earlier);
    return journalDigest(again);
  } finally {
    tape?.close();
    await endpoint?.close();
  }
};

/** A tape without when and from where: recorded anew with the same answers it stays the file that it was. */
const said = (tape: string): string => {
  const { header, ...rest } = JSON.parse(tape) as { header: object };
  return JSON.stringify({ ...rest, header: { ...header, recordedAt: '', endpoints: [] } });
};

const complain = (what: string): void => {
  console.error(`  ${what}`);
  process.exitCode = 4;
};

try {
  if (real) {
    const { calls, dollars } = await estimate();
    console.log(`About ${calls} calls to ${recordedModel}, about ${dollars.toFixed(3)} dollars at list price.`);
  }
  if (!values.estimate) {
    const file = join(folder, journalsFile);
    const journals = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {}; // this script wrote it
    for (const story of chosen) {
      journals[storyName(story)] = await record(story);
      const known = stories.map(storyName).filter((name) => name in journals);
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(known.map((name) => [name, journals[name]])), null, 2)}\n`);
    }
  }
} catch (error) {
  console.error(explainError(error));
  process.exitCode = 1;
}
