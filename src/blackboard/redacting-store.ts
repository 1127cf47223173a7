import { redactAll } from '../catalog/redact.js';
import type { Store } from './store.js';

const redacting = new WeakSet<Store>();

/** A store that keeps no secret, whoever writes: journal, evidence, requests and reasons go through here. What it holds is as it is. */
export const redactingStore = (store: Store): Store => {
  if (redacting.has(store)) return store;
  const wrapped: Store = {
    ...store,
    saveRelease: (row) => store.saveRelease(redactAll(row)),
    append: (release, entries) => store.append(release, redactAll(entries)),
    putEvidence: (value) => store.putEvidence(redactAll(value)),
    finishOperation: (operation) => store.finishOperation(redactAll(operation)),
  };
  redacting.add(wrapped);
  return wrapped;
};
