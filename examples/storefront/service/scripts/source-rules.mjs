/** What the shop's own sources must not do. Patterns, not a parser: they find the careless case and say so honestly by their name. */
const rules = [
  { id: 'no-eval', level: 'error', pattern: /\beval\s*\(|\bnew Function\s*\(/, message: 'Text is executed as code.' },
  { id: 'no-child-process', level: 'warning', pattern: /['"](?:node:)?child_process['"]/, message: 'The shop starts another program.' },
  {
    id: 'no-built-sql',
    level: 'error',
    // `columns` is this project's name for a constant list of columns.
    pattern: /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b[^`'"]*(?:\$\{(?!columns\})|['"`]\s*\+)/,
    message: 'SQL is put together from values; use parameters.',
  },
  {
    id: 'no-tls-off',
    level: 'error',
    pattern: /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
    message: 'Certificates are not verified.',
  },
];

/** Findings of all rules over `{ file, text }`, in the order of the files. */
export const scanSources = (sources) =>
  sources.flatMap(({ file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => rules.filter((rule) => rule.pattern.test(line)).map((rule) => ({ rule, file, line: index + 1 }))),
  );

/** The findings as SARIF 2.1.0. */
export const toSarif = (findings, version) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'storefront-source-rules',
          version,
          rules: rules.map(({ id, level, message }) => ({ id, shortDescription: { text: message }, defaultConfiguration: { level } })),
        },
      },
      results: findings.map(({ rule, file, line }) => ({
        ruleId: rule.id,
        level: rule.level,
        message: { text: rule.message },
        locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line } } }],
      })),
    },
  ],
});
