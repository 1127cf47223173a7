/** Where a command finds its releases, as whoever types the next command has to say it again. */
export type Where = { config?: string; stateDir?: string; database?: string; dryRun?: boolean };

/** ` --config FILE --dry-run` and the like; empty where nothing was given. What a shell would read otherwise is quoted. */
export const whereOf = ({ config, stateDir, database, dryRun = false }: Where): string =>
  [...given('config', config), ...given('state-dir', stateDir), ...given('database', database), ...(dryRun ? ['--dry-run'] : [])]
    .map((part) => ` ${part}`)
    .join('');

const given = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [`--${name} ${quoted(value)}`]);

const quoted = (value: string): string => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`);
