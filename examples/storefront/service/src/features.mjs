import { readdir } from 'node:fs/promises';

const folder = new URL('./features/', import.meta.url);

/**
 * A feature is one file in `features/` that exports `feature`: its name, the tables it needs, and `open(shop)`, which returns
 * routes and, where it has one, a section of the page. Dropping the file in is all the registration there is.
 */
export const loadFeatures = async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs')).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  return modules.map((module) => module.feature);
};
