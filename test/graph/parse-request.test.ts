import { expect, test } from 'vitest';
import { parseRequest } from '../../src/graph/parse-request.js';
import { simulatedConfig } from '../support/simulated-release.js';

const read = (text: string) => {
  const reading = parseRequest(text, { config: simulatedConfig(), preApprovedBy: null });
  if ('question' in reading) throw new Error(reading.question);
  const { features, onCulprit, target } = reading.request;
  return { features, onCulprit, target };
};
const three = ['a', 'b', 'c'];

test.each([
  ['ship storefront v2.2.0 with a, b and c to staging, drop what fails, promote it', 'drop', 'production'],
  ['ship storefront v2.2.0 with a, b and c, drop what fails, and promote it', 'drop', 'production'],
  ['ship storefront v2.2.0 with a, b and c without what fails', 'drop', 'staging'],
  ['ship storefront v2.2.0 with a, b and c and drop whatever fails', 'drop', 'staging'],
  ['ship storefront v2.2.0 with a, b and c; leave out the ones that break', 'drop', 'staging'],
  ['ship storefront v2.2.0 with a, b and c, all or nothing, to production', 'stop', 'production'],
  ["ship storefront v2.2.0 with a, b and c, don't drop anything", 'stop', 'staging'],
  ['ship storefront v2.2.0 with a, b and c, do not drop what fails', 'stop', 'staging'],
  ['ship storefront v2.2.0 with a, b and c, promote it if nothing fails', undefined, 'production'],
])('%s', (text, onCulprit, target) => {
  expect(read(text)).toEqual({ features: three, onCulprit, target });
});
