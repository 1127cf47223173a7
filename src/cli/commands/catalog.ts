import { catalog } from '../../catalog/flow.js';

/** `catalog`: every table of the scenario, as JSON. */
export const printCatalog = (): Promise<number> => {
  process.stdout.write(`${JSON.stringify(catalog(), null, 2)}\n`);
  return Promise.resolve(0);
};
