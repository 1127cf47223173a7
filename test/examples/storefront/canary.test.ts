import { expect, test } from 'vitest';
import { canaryOf, samplesUntilBack } from './canary.js';

test(
  'the canary of v2.3.0 is rolled back within two samples of its first failure, and no visitor is lost',
  { timeout: 60_000 },
  async () => {
    const record = await canaryOf('v2.3.0');
    expect(record).toMatchObject({ outcome: 'rolled_back', trigger: { kind: 'error_rate', by: 'watcher' }, traffic: { dropped: 0 } });
    expect(record.changes.at(-1)?.weight).toBe(0);
    expect(samplesUntilBack(record)).toBeLessThanOrEqual(2);
    expect(record.log?.some(({ text }) => text.includes('recommendations') && text.includes('"level":"error"'))).toBe(true);
    expect(record.restoreMs).toBe((record.changes.at(-1)?.at ?? 0) - (record.breach?.firstSampleAt ?? 0));
  },
);
