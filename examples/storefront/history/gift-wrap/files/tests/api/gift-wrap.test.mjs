import { expect, test } from 'vitest';
import { visitor } from '../support/browse.mjs';

test('there are three papers', async () => {
  expect((await visitor().json('/api/gift-wrap')).papers).toHaveLength(3);
});
