import { readFileSync } from 'node:fs';

/** Of this package, as its command and its servers name it; the manifest is two folders up from source and from build alike. */
export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }; // npm refuses a manifest without one
