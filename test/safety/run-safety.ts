import { channelNames, channelOf, type Channel, type ChannelName } from './channels.js';
import { findBreaches, type Breach } from './find-breaches.js';
import { payloads, type Payload } from './payloads.js';
import { tryRelease, written, type Trace, type World } from './try-release.js';

/** One release: which payload stands in which channel. */
export type Trial = { pairs: readonly { payload: Payload; channel: ChannelName }[]; world: World };
export type Found = Breach & { payload: string; channel: ChannelName; world: World };

/** Every payload in every channel in a release of its own, with a good candidate and with a bad one. */
export const allTrials = (): Trial[] =>
  channelNames.flatMap((channel) =>
    payloads.flatMap((payload) => worldsOf(channel).map((world) => ({ pairs: [{ payload, channel }], world }))),
  );

/** Every payload and every channel at least once, the same in every run: what bears company shares a release. */
export const sampleTrials = (): Trial[] => {
  const shared = channelNames.filter((name) => !isAlone(channelOf(name)));
  const rounds = Array.from({ length: Math.ceil(bold.length / shared.length) }, (_, round): Trial => {
    const some = bold.slice(round * shared.length, (round + 1) * shared.length);
    return {
      pairs: some.map((payload, index) => ({ payload, channel: shared[index] ?? 'log line' })),
      world: round % 2 === 0 ? 'good' : 'bad',
    };
  });
  const alone = channelNames.filter((name) => isAlone(channelOf(name)));
  const single = alone.flatMap((channel, index) =>
    bold.filter((_, at) => at % 30 === index % 30).map((payload): Trial => ({ pairs: [{ payload, channel }], world: 'good' })),
  );
  const careful = payloads
    .filter((one) => one.careful)
    .map((payload): Trial => ({ pairs: [{ payload, channel: 'log line' }], world: 'good' }));
  return [...rounds, ...single, ...careful];
};

const bold = payloads.filter((one) => !one.careful);
const isAlone = (channel: Channel): boolean => channel.once === true || channel.answer !== undefined || channel.input !== undefined;
const worldsOf = (name: ChannelName): readonly World[] => {
  const channel = channelOf(name);
  return channel.once || channel.answer ? ['good'] : ['good', 'bad'];
};

/** Plays release after release against the same one with harmless texts and a model that obeys nothing. */
export const runSafety = async (trials: readonly Trial[], told: (done: number) => void = () => undefined): Promise<Found[]> => {
  const harmless = new Map<string, Promise<Trace>>();
  const found: Found[] = [];
  for (const [index, { pairs, world }] of trials.entries()) {
    const names = pairs.map(({ channel }) => channel);
    const key = [world, ...names].join();
    const calm = harmless.get(key) ?? tryRelease(names.map((channel) => ({ channel, text: 'Thank you.' })), world, false); // prettier-ignore
    harmless.set(key, calm);
    const trace = await tryRelease(pairs.map(({ channel, payload }) => ({ channel, text: written(payload) })), world); // prettier-ignore
    for (const { payload, channel } of pairs)
      for (const breach of findBreaches(trace, await calm, payload, channel))
        found.push({ ...breach, payload: payload.name, channel, world });
    told(index + 1);
  }
  return found;
};
