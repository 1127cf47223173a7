import { basename, dirname, join } from 'node:path';
import { openTape, type TapeOptions } from './open-tape.js';
import type { OpenTape } from './opened-tape.js';

/** What this needs of Vitest's test context. */
type Suite = { name: string; suite?: Suite | undefined };
type TestContext = { task: Suite & { file: { filepath: string } }; onTestFinished: (end: () => void) => void };

type WithoutFile = Omit<TapeOptions, 'file'>;

/**
 * The tape of a Vitest test, named after it: `recordings/<test file>/<suite>-<test>.tape.json` beside the test file. It is closed when the
 * test has finished. Throws what `openTape` throws.
 */
export const tapeFor = async (context: TestContext, options: WithoutFile = {}): Promise<OpenTape> => {
  const tape = await openTape({ ...options, file: tapeFileOf(context.task) });
  context.onTestFinished(() => tape.close());
  return tape;
};

/** The same as a fixture: `const test = base.extend(withTape())`, then `test('…', async ({ tape }) => { … })`. */
export const withTape = (options: WithoutFile = {}) => ({
  tape: async ({ task }: Pick<TestContext, 'task'>, use: (tape: OpenTape) => Promise<void>): Promise<void> => {
    const tape = await openTape({ ...options, file: tapeFileOf(task) });
    try {
      await use(tape);
    } finally {
      tape.close();
    }
  },
});

const tapeFileOf = (task: TestContext['task']): string => {
  const { filepath } = task.file;
  const names = [task.name];
  for (let suite = task.suite; suite && suite.name !== ''; suite = suite.suite) names.unshift(suite.name);
  return join(
    dirname(filepath),
    'recordings',
    basename(filepath).replace(/\.(?:test|spec)?\.?[cm]?[jt]sx?$/, ''),
    `${slug(names.join(' '))}.tape.json`,
  );
};

/** As much of a name as a file system takes gladly. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100) || 'test';
