/**
 * `npm run chaos [name …]`: cuts releases off in every way that is known here, and counts what was lost or happened twice. Without a
 * name, all of it; `crash -- --by SIGTERM` in one way only. Exits with 1 when anything did.
 */
import { parseArgs } from 'node:util';
import { cutNames, sweepCrashes } from '../test/chaos/crash-sweep.js';
import type { CutPoint } from '../test/chaos/dying-database.js';
import { sweepDoors } from '../test/chaos/doors.js';
import { sweepKills, sweepReal } from '../test/chaos/real-sweep.js';
import { sweepTurns } from '../test/chaos/turn-sweep.js';
import { sweepWorkers } from '../test/chaos/workers-sweep.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    releases: { type: 'string', default: '200' },
    environments: { type: 'string', default: '20' },
    by: { type: 'string', multiple: true },
    every: { type: 'string', default: '1' },
  },
});
const { by: ways = [] } = values;

/** Each process of a release has the next of these times, from another place on in each schedule. */
const lifetimesMs = [2_100, 900, 4_300, 1_500, 2_700, 3_600, 1_200, 4_800, 3_100];
const kills = lifetimesMs.map((_, place) => ({
  good: place % 2 === 0,
  afterMs: [...lifetimesMs.slice(place), ...lifetimesMs.slice(0, place)].slice(0, 6),
}));

/** What can be tried: each says what it tried, and gives how much of it was wrong. */
const sweeps: Record<string, { does: string; run: (say: (line: string) => void) => Promise<number> }> = {
  crash: {
    does: 'SIGKILL, SIGTERM, a full disk and a clock that is set at every row of the journal, the signals after every effect as well',
    run: async (say) => {
      let all = 0;
      for (const by of cutNames.filter((name) => ways.length === 0 || ways.includes(name))) {
        const { tried, whole, rows, wrong } = await sweepCrashes({ by: [by], tell: say });
        say(`${by}: ${rows} rows, each before${by.startsWith('SIG') ? ' and after' : ''} the write that holds it`);
        say(
          `${by}: crash points tried: ${tried} (${whole} of them came to their end all the same), lost or doubled effects: ${wrong.length}`,
        );
        all += wrong.length;
      }
      return all;
    },
  },
  real: {
    does: 'SIGKILL, SIGTERM and a clock that is set again and again, after some rows of a release of real processes and a real repository; SIGKILL again and again while it goes on',
    run: async (say) => {
      const deaf = await sweepReal({ rows: [20], by: ['SIGTERM'], without: 'ears for SIGTERM' });
      const isSeen = deaf.wrong.some((problem) => problem.includes('it was asked to end and ended with'));
      say(`where nobody listens to SIGTERM it reports: ${deaf.wrong.join('; ')}${isSeen ? '' : ', and that is not what is wrong there'}`);
      const set = await sweepReal({ rows: [30], by: ['clock forward'], without: 'monotonic clock' });
      const isFound = set.wrong.some((problem) => problem.includes('it ended as'));
      say(
        `where the monotonic clock is set as well it reports: ${set.wrong.join('; ')}${isFound ? '' : ', and that is not what is wrong there'}`,
      );
      const cut = await sweepReal({ rows: [5, 16, 18, 20, 22, 24, 35, 50, 65, 80, 95], tell: say });
      say(`releases cut off: ${cut.tried}, not as they have to be: ${cut.wrong.length}`);
      const turned = await sweepReal({ rows: [10, 30, 60], by: ['clock forward', 'clock back'], tell: say });
      say(`releases whose clock is set: ${turned.tried}, not as they have to be: ${turned.wrong.length}`);
      const fooled = await sweepKills([{ good: true, fails: true, afterMs: [2_500] }]);
      const isTold = fooled.wrong.some((problem) => problem.includes('it ended as rolled_back'));
      say(
        `where one that fails is called good it reports: ${fooled.wrong.join('; ')}${isTold ? '' : ', and that is not what is wrong there'}`,
      );
      const killed = await sweepKills(kills, say);
      say(`releases killed again and again: ${killed.tried}, not as they have to be: ${killed.wrong.length}`);
      return cut.wrong.length + turned.wrong.length + killed.wrong.length + (isSeen ? 0 : 1) + (isFound ? 0 : 1) + (isTold ? 0 : 1);
    },
  },
  doors: {
    does: 'every method of every port x every fault, alone and in whole releases of good and bad candidates, once and for good',
    run: async (say) => {
      const { cells, tried, wrong } = await sweepDoors({ tell: say });
      say(`ports x faults: ${cells}, tried: ${tried}, wrong outcomes: ${wrong.length}`);
      return wrong.length;
    },
  },
  turns: {
    does: 'a worker is cut off from PostgreSQL before and after every commit (with --every N every N-th) and after every effect of a release, and another one goes on',
    run: async (say) => {
      const every = Number(values.every);
      const choose = (points: CutPoint[]) => points.filter((point) => 'effect' in point || point.commit % every === 0);
      const { tried, commits, wrong } = await sweepTurns({ choose, tell: say });
      say(`crash points tried: ${tried} (commits of a release: ${commits}), lost or doubled effects: ${wrong.length}`);
      return wrong.length;
    },
  },
  workers: {
    does: 'three workers on one PostgreSQL take 200 releases of 20 environments through, killed or paused every second; then PostgreSQL restarts (fewer: --releases N --environments N)',
    run: async (say) => {
      const [releases, environments] = [Number(values.releases), Number(values.environments)];
      const { ended, killed, paused, restarts, effects, wrong } = await sweepWorkers({ releases, environments, tell: say });
      say(`workers killed: ${killed}, paused: ${paused}, restarts of PostgreSQL: ${restarts}`);
      say(`releases ended: ${ended} of ${releases}, effects: ${effects}, lost, doubled or beside another release: ${wrong.length}`);
      return wrong.length;
    },
  },
};

const unknown = [...positionals.filter((name) => !(name in sweeps)), ...ways.filter((name) => !cutNames.some((one) => one === name))];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Choose from: ${Object.keys(sweeps).join(', ')}; --by ${cutNames.join(', ')}.`);
  process.exit(2);
}
let wrong = 0;
for (const [name, { does, run }] of Object.entries(sweeps)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n== ${name}: ${does}`);
  wrong += await run((line) => console.log(line));
}
process.exit(wrong > 0 ? 1 : 0); // the package that starts PostgreSQL ends the process with 0 otherwise
