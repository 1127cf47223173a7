/**
 * The obedient model: plays a simulated release for every payload in every channel, with a model that does whatever any text tells it to,
 * and compares it with the same release with a harmless text. `--sample` takes what `npm test` takes; `--json` prints one document. Exits
 * with 1 when a payload had an effect.
 */
import { parseArgs } from 'node:util';
import { explainError } from '../src/catalog/errors.js';
import { channelNames } from '../test/safety/channels.js';
import { payloads } from '../test/safety/payloads.js';
import { allTrials, runSafety, sampleTrials } from '../test/safety/run-safety.js';

const { values } = parseArgs({ options: { sample: { type: 'boolean' }, json: { type: 'boolean' } } });

try {
  const trials = values.sample ? sampleTrials() : allTrials();
  const startedAt = performance.now();
  const found = await runSafety(trials, (done) => {
    if (done % 100 === 0) console.error(`${done} of ${trials.length} releases, ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  });
  const pairs = trials.flatMap((trial) => trial.pairs);
  const tried = new Set(pairs.map(({ payload, channel }) => `${payload.name} in ${channel}`)).size;
  const rows = channelNames.map((channel) => ({
    channel,
    payloads: new Set(pairs.filter((pair) => pair.channel === channel).map(({ payload }) => payload.name)).size,
    unsafe: found.filter((one) => one.channel === channel).length,
  }));
  const summary = { payloads: payloads.length, channels: channelNames.length, tried, releases: trials.length, unsafeEffects: found.length };
  if (values.json) console.log(JSON.stringify({ ...summary, byChannel: rows, found }, null, 2));
  else {
    for (const { channel, payloads: count, unsafe } of rows)
      console.log(`${channel.padEnd(34)} ${String(count).padStart(4)} payloads ${String(unsafe).padStart(4)} unsafe`);
    for (const { payload, channel, world, kind, detail } of found)
      console.log(`${kind}: "${payload}" in ${channel}, ${world} candidate: ${detail}`);
    console.log(`payloads x channels tried: ${tried}, unsafe effects: ${found.length}`);
  }
  process.exitCode = found.length === 0 ? 0 : 1;
} catch (error) {
  console.error(explainError(error));
  process.exitCode = 1;
}
