import type { Postgres } from '../../blackboard/postgres.js';
import { concerns, interventionSchema, type Interventions } from '../../tools/deployment/interventions.js';

/** What people and alerts say about an environment, where every machine hears it. */
export const sharedInterventions = ({ transaction }: Postgres, environment: string): Interventions => ({
  ask: (said) =>
    transaction(async ({ ask }) => {
      await ask('INSERT INTO staging.interventions (environment, said) VALUES ($1, $2)', [environment, JSON.stringify(said)]);
    }),
  pending: async (place) => {
    const rows = await transaction(({ ask }) => ask<{ said: string }>(newest, [environment]));
    return rows.map(({ said }) => interventionSchema.parse(JSON.parse(said))).findLast((one) => concerns(one, place)) ?? null;
  },
});

const newest = 'SELECT said FROM staging.interventions WHERE environment = $1 ORDER BY place DESC LIMIT 100';
