import { expect, test } from 'vitest';
import { createRankingHistory } from '../../src/ranking-history.mjs';

test('a ranking is found by its visitor', () => {
  const history = createRankingHistory();
  history.record('a', [{ id: 1 }]);
  history.record(null, [{ id: 2 }]);
  expect(history.of('a')).toHaveLength(1);
});
