import { redactAll } from '../catalog/redact.js';
import type { Store } from './store.js';

const redacting = new WeakSet<Store>();

/** A store that keeps no secret, whoever writes: journal, evidence, requests and reasons go through here. What it holds is as it is. */
export const redactingStore = (store: Store): Store => {
  if (redacting.has(store)) return store;
  const wrapped: Store = {
    saveRelease: (row) => store.saveRelease(redactAll(row)),
    release: (id) => store.release(id),
    releases: () => store.releases(),
    append: (release, entries) => store.append(release, redactAll(entries)),
    journal: (release) => store.journal(release),
    putEvidence: (value) => store.putEvidence(redactAll(value)),
    evidence: (digest) => store.evidence(digest),
    beginOperation: (operation) => store.beginOperation(operation),
    operation: (id) => store.operation(id),
    finishOperation: (operation) => store.finishOperation(redactAll(operation)),
    spent: (release) => store.spent(release),
    activeMs: (release, without) => store.activeMs(release, without),
    verify: (release) => store.verify(release),
    close: () => store.close(),
  };
  redacting.add(wrapped);
  return wrapped;
};
