import type { RolloutConfig } from '../catalog/config.js';

export type Freeze = RolloutConfig['freeze'][number];

/** The freeze that holds at this time, or null. Of several, the one that ends last, as it decides when things go on. */
export const freezeAt = (freezes: readonly Freeze[], at: number): Freeze | null =>
  freezes
    .filter((one) => begins(one) <= at && at < ends(one))
    .reduce<Freeze | null>((last, one) => (last === null || ends(one) > ends(last) ? one : last), null);

/** Who, why and until when. */
export const describeFreeze = ({ by, reason, until }: Freeze): string =>
  `frozen by ${by}: ${reason} (${until === undefined ? 'until somebody ends it' : `until ${until}`})`;

const begins = ({ from }: Freeze): number => (from === undefined ? -Infinity : Date.parse(from));
const ends = ({ until }: Freeze): number => (until === undefined ? Infinity : Date.parse(until));
