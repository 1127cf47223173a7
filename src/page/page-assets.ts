import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { StagingError } from '../catalog/errors.js';
import { style } from './style.js';

export type PageAssets = { script: string; style: string };

/** Where the build puts what runs in a browser, seen from the source and from the build alike. */
const built = (name: string): string => fileURLToPath(new URL(`../../dist/browser/${name}`, import.meta.url));

/** The script and the style of the page: nothing of it comes from a network. Throws PAGE_NOT_BUILT. */
export const pageAssets = (): PageAssets => {
  if (!existsSync(built('page.js'))) throw new StagingError('PAGE_NOT_BUILT', `Failed to show the page: ${built('page.js')} is not there.`);
  return { script: readFileSync(built('page.js'), 'utf8'), style: `${readFileSync(built('uplot.css'), 'utf8')}${style}` };
};
