import type { FieldValue } from '../catalog/fields.js';
import type { Evidence } from '../catalog/tools.js';

type Id = (...parts: (string | number)[]) => string;

/** One suite run as the blackboard shows it: the counts, and where the whole report is. */
export const suiteResult = ({ digest, data }: Evidence<'run_suite'>, attempt: number, id: Id): FieldValue<'test_results'>[number] => ({
  id: id(data.suite, data.target, attempt),
  suite: data.suite,
  kind: data.kind,
  target: data.target,
  status: data.status,
  reason: data.reason,
  total: data.total,
  passed: data.passed,
  failed: data.failed,
  skipped: data.skipped,
  durationMs: data.durationMs,
  attempt,
  evidence: [digest],
});

/** Every failed test of the suites, with the assertion that failed. */
export const suiteFailures = (suites: readonly Evidence<'run_suite'>[], attempt: number, id: Id): FieldValue<'test_failures'> =>
  suites.flatMap(({ data }) =>
    data.failures.map((failure) => ({
      id: id(data.suite, data.target, failure.id, attempt),
      suite: data.suite,
      test: failure.test,
      message: failure.message.slice(0, 500),
      attempt,
    })),
  );
