import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

const lookEveryMs = 200;

/**
 * The flags in FLAGS_FILE, in the shape of an OpenFeature provider: `{ "flags": { NAME: { "on", "percentage" } } }`. The file is looked
 * at again while the shop runs, so a change takes effect without a restart. A file that cannot be read leaves the flags as they were.
 */
export const openFlags = (path, now = Date.now) => {
  let flags = {};
  let seen = '';
  let lookedAt = -Infinity;
  const look = () => {
    if (path === undefined || now() - lookedAt < lookEveryMs) return;
    lookedAt = now();
    const found = statSync(path, { throwIfNoEntry: false });
    const version = found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeMs}`;
    if (version === seen) return;
    try {
      flags = version === '' ? {} : JSON.parse(readFileSync(path, 'utf8')).flags;
      seen = version;
    } catch {
      // half written, or gone since: the next look reads it
    }
  };
  const evaluate = (name, fallback, visitor) => {
    look();
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) return { value: fallback, reason: 'DEFAULT' };
    if (!flag.on) return { value: false, reason: 'DISABLED' };
    if (flag.percentage >= 100) return { value: true, reason: 'STATIC' };
    return { value: visitor !== undefined && bucketOf(name, visitor) < flag.percentage, reason: 'SPLIT' };
  };
  return {
    metadata: { name: 'storefront flag file' },
    runsOn: 'server',
    resolveBooleanEvaluation: async (name, fallback, { targetingKey } = {}) => evaluate(name, fallback, targetingKey),
    /** What is deployed is on until somebody turns it off. A visitor without a session has no bucket. */
    isOn: (name, session) => evaluate(name, true, session ?? undefined).value,
  };
};

/** 0 up to 100, always the same for a visitor and a flag. */
const bucketOf = (name, visitor) => (createHash('sha256').update(`${name}/${visitor}`).digest().readUInt32BE(0) / 2 ** 32) * 100;

export const flags = openFlags(process.env.FLAGS_FILE);
