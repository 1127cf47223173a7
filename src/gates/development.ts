import type { ToolResult } from '../catalog/tools.js';

type Measured = Pick<ToolResult<'check_development'>, 'files' | 'suites'>;

/**
 * What is still missing of a feature that a model has developed, in sentences; nothing is missing of a whole one. A test counts when a
 * declared suite runs more tests than before, all of them green, and is not green with the same tests and without the feature.
 */
export const missingOf = ({ files, suites }: Measured): string[] => {
  const grown = suites.filter(({ before, after }) => after.status === 'completed' && after.total > before.total);
  return [
    ...(files.source.length === 0 ? ['nothing of the service itself was changed'] : []),
    ...(suites.length === 0 ? ['no unit or integration suite is declared that could run a test of it'] : testsMissing(files.tests, grown)),
    ...(files.tests.length === 0 ? [] : suites.flatMap(troubleOf)),
    ...(files.docs.length === 0 ? ['no documentation was changed'] : []),
    ...(files.changelog.length === 0 ? ['no changelog entry was written'] : []),
  ];
};

type Suite = Measured['suites'][number];

const testsMissing = (tests: readonly string[], grown: readonly Suite[]): string[] => {
  if (tests.length === 0) return ['no test was added'];
  if (grown.length === 0) return [`no suite runs more tests than before, so what was added to ${tests.join(', ')} is not run`];
  return grown.some(({ without }) => without.status !== 'completed' || without.failed > 0)
    ? []
    : ['the added tests pass without the feature too, so they show nothing of it'];
};

const troubleOf = ({ suite, before, after }: Suite): string[] => {
  if (after.status !== 'completed') return [`the ${suite} suite could not be run: ${after.reason}`];
  return [
    ...(after.failed > 0 ? [`${after.failed} of ${after.total} tests of the ${suite} suite fail`] : []),
    ...(after.skipped > before.skipped
      ? [`${after.skipped - before.skipped} more tests of the ${suite} suite are skipped than before`]
      : []),
  ];
};
