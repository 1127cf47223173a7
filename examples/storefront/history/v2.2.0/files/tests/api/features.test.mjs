import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('the features of this version are listed', async () => {
  expect((await visitor().json('/api/features')).features).toContain('recommendations');
});
