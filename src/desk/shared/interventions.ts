import type { Postgres } from '../../blackboard/postgres.js';
import { concerns, interventionSchema, type Intervention, type Interventions } from '../../tools/deployment/interventions.js';
import type { Clock } from '../../tools/ports.js';

/**
 * What people and alerts say about an environment, where every machine hears it. When it was said is told by the clock of whoever asks:
 * by the database's it was so long ago, as the clock of the machine where it was said may be another.
 */
export const sharedInterventions = ({ transaction }: Postgres, environment: string, clock: Clock): Interventions => {
  const heard = ({ said, ago }: Row): Intervention => {
    const word = interventionSchema.parse(JSON.parse(said));
    return ago === null || !clock.passesByItself ? word : { ...word, at: clock.now() - ago };
  };
  return {
    ask: (said) =>
      transaction(async ({ ask }) => {
        await ask('INSERT INTO staging.interventions (environment, said) VALUES ($1, $2)', [environment, JSON.stringify(said)]);
      }),
    pending: async (place) => {
      const rows = await transaction(({ ask }) => ask<Row>(newest, [environment]));
      return rows.map(heard).findLast((one) => concerns(one, place)) ?? null;
    },
  };
};

/** `ago`: milliseconds since it was said; null of one from before the database noted that. */
type Row = { said: string; ago: number | null };

const newest = `SELECT said, round(extract(epoch FROM clock_timestamp() - said_at) * 1000)::bigint AS ago
  FROM staging.interventions WHERE environment = $1 ORDER BY place DESC LIMIT 100`;
