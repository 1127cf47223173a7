import type { NamedModel } from '../agents/chat-model.js';
import type { Progress } from '../agents/routine-context.js';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig } from '../catalog/config.js';
import type { Ports } from '../tools/ports.js';

/** What the nodes of one graph share: the doors, the store, the model. Nothing of it is state. */
export type Runtime = {
  config: StagingConfig;
  ports: Ports;
  store: Store;
  model: NamedModel;
  fallback: NamedModel | null;
  simulated: boolean;
  nonce: string;
  progress: (progress: Progress) => void;
  soakAsleep: boolean;
  /** Runs a routine when it may run: at once, or after those that began before it. */
  turn: <T>(routine: () => Promise<T>) => Promise<T>;
};
