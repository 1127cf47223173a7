/** Why a version must not start on the data, or null: its migration did not happen. */
export const migrationProblem = (migration: { status: string; output: string } | undefined): string | null => {
  const last = migration?.output.trim().split('\n').at(-1) ?? '';
  if (migration?.status === 'refused') return `the database migration was refused, and nothing is changed: ${last}`;
  return migration?.status === 'failed' ? `the database migration failed: ${last}` : null;
};
