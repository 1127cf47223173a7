import { readFileSync } from 'node:fs';

/** The version of this very copy: `/healthz` names it, and a release is checked by it. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
