import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../catalog/tools.js';

/**
 * An occupied slot as its environment saw it. `restarts` and `errorLogLines` count since the slot was filled; `requests` and
 * `errors` since the proxy started; the latency is of the requests since the last look, which takes it along.
 */
export type SlotObservation = {
  slot: SlotName;
  /** Which of several services; left out, the first. */
  service?: string;
  version: string | null;
  /** null while no process runs there. */
  url: string | null;
  restarts: number;
  errorLogLines: number;
  counters: { requests: number; errors: number; latency: { averageMs: number | null; p95Ms: number | null } };
  /** The same of copies whose answers nobody saw, where the environment mirrors. */
  mirrored?: SlotObservation['counters'];
};

/** What monitoring needs of a deployment. Only one sampler per environment may call `observe`. */
export interface ObservableDeployment {
  status(environment: EnvironmentName): Promise<EnvironmentStatus>;
  observe(environment: EnvironmentName): SlotObservation[];
  resourcesOf(environment: EnvironmentName, slot: SlotName, service?: string): Promise<{ cpuCores: number; memoryBytes: number } | null>;
}
