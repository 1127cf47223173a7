/** The kinds of test suites that the gates ask for. */
export const suiteKinds = ['unit', 'integration', 'api', 'ui', 'regression', 'smoke'] as const;
export type SuiteKind = (typeof suiteKinds)[number];
