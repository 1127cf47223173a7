import { readdir } from 'node:fs/promises';
import { flags } from './flags.mjs';
import { Refusal } from './refusal.mjs';

const folder = new URL('./features/', import.meta.url);

/**
 * A feature is one file in `features/` that exports `feature`: its name, the tables it needs, and `open(shop)`, which returns
 * routes and, where it has one, a section of the page. Dropping the file in is all the registration there is. Each reads the flag of
 * its name: turned off, its routes are not there and its section is empty.
 */
export const loadFeatures = async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs')).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  return modules.map((module) => guarded(module.feature));
};

const guarded = (feature) => ({
  ...feature,
  open: (shop) => {
    const { routes, section } = feature.open(shop);
    const handle = (route) => (request) => {
      if (!flags.isOn(feature.name, request.session)) throw new Refusal(404, 'There is nothing here.');
      return route.handle(request);
    };
    return {
      routes: routes.map((route) => ({ ...route, handle: handle(route) })),
      ...(section !== undefined && { section: (session) => (flags.isOn(feature.name, session) ? section(session) : '') }),
    };
  },
});
