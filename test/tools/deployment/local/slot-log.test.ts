import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openSlotLog } from '../../../../src/tools/deployment/local/slot-log.js';
import { systemClock } from '../../../../src/tools/system-clock.js';

test('a private key that a service prints line by line is in no line of its log, and what follows it is', async () => {
  const body = ['MIIEowIBAAKCAQEAtestonlytestonlytestonly', 'shortline'];
  const printed = ['starting', '-----BEGIN RSA PRIVATE KEY-----', ...body, '-----END RSA PRIVATE KEY-----', 'listening'];
  const file = join(mkdtempSync(join(tmpdir(), 'slot-log-')), 'blue.log');
  const log = openSlotLog(file, systemClock);
  log.follow(Readable.from(printed.map((line) => `${line}\n`)));
  while (log.tail(1)[0] !== 'listening') await setTimeout(5);
  await log.close();
  for (const kept of [log.tail(10).join('\n'), readFileSync(file, 'utf8').trim()]) {
    expect(kept).toBe(['starting', '[redacted]', 'listening'].join('\n'));
  }
});
