import { suiteKinds } from '../../catalog/suite-kinds.js';
import type { Detected } from './detected.js';

/** Everything that the file says, answered. */
export type Answered = Pick<Detected, 'build' | 'test' | 'lockFile'> & {
  name: string;
  start: string[];
  health: string;
  metrics: string | null;
  approver: string;
};

/** A staging.config.ts with what is known, and comments on what one would change first. */
export const writeConfig = ({ name, start, build, test, health, metrics, lockFile, approver }: Answered): string =>
  `import { defineConfig } from 'langgraph-staging';

export default defineConfig({
  service: {
    name: ${quoted(name)},
    repository: '.',
    // What runs before the first release: a tag. Left out, the newest tag before the one that is released.
    // stable: 'v1.0.0',
    // Runs in a copy of the commit before it is deployed.
    ${build === null ? "// build: { command: ['make'] }," : `build: { command: ${list(build.value)} },`}
    // {port} in the command, or the environment variable PORT, is where it must listen. DATA_DIR is a folder for its data.
    start: { command: ${list(start)} },
    // Answers 2xx when the service is well.
    health: ${quoted(health)},
    // Figures in Prometheus' text format; left out, what the proxy measures serves.
    ${metrics === null ? "// metrics: '/metrics'," : `metrics: ${quoted(metrics)},`}
  },
  // Each suite writes a report to {report} (or $REPORT_FILE); {url} (or $TARGET_URL) is the running candidate.
  suites: [
    ${test === null ? "// { name: 'unit', kind: 'unit', command: ['npx', 'vitest', 'run', '--reporter=json', '--outputFile={report}'], format: 'vitest' }," : `{ name: 'unit', kind: 'unit', command: ${list(test.value.command)}, format: ${quoted(test.value.format ?? 'junit')} },`}
    // { name: 'smoke', kind: 'smoke', command: ['./smoke.sh', '{url}', '{report}'] },
  ],
  // Requested of the candidate before it takes any traffic.
  criticalUserPaths: ['/'],
  ${lockFile === null ? "// security: { lockFile: 'package-lock.json' }," : `security: { lockFile: ${quoted(lockFile)} },`}
  gates: {
    // A check that this service does without needs a reason, which every output repeats. Take a line out once you have the suite.
    off: {
${offLines(test === null, lockFile === null)
  .map((line) => `      ${line},`)
  .join('\n')}
    },
  },
  // Healthy time to observe in staging before production. 24 hours if left out.
  // stability: { soakMs: 60 * 60_000 },
  // Who may approve a promotion. Whoever asked for the release does not count.
  approvers: [${quoted(approver)}],
});
`;

const offLines = (noTests: boolean, noLock: boolean): string[] => [
  ...(noLock ? ["vulnerability_scan: 'no lock file yet'", "dependency_check: 'no lock file yet'"] : []),
  "code_analysis: 'no scanner yet'",
  ...suiteKinds.filter((kind) => kind !== 'unit' || noTests).map((kind) => `${kind}_tests: 'no suite yet'`),
];

/** A string as the house writes it; what would end it early is escaped. */
const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
const list = (items: readonly string[]): string => `[${items.map(quoted).join(', ')}]`;
