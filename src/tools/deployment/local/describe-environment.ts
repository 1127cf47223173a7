import type { EnvironmentName, EnvironmentStatus, SlotName } from '../../../catalog/tools.js';
import type { Proxy } from './proxy.js';
import type { Slot } from './slot.js';
import type { EnvironmentRecord } from './state-file.js';

type Described = {
  name: EnvironmentName;
  service: { name: string; start: { port: Partial<Record<EnvironmentName, number | undefined>> } };
  record: EnvironmentRecord;
  /** null: nothing runs, and the record alone tells. */
  proxy: Proxy | null;
  slots: readonly Slot[];
  activeSlot: SlotName;
  weight: number;
};

/** How an environment stands, from what runs there, or else from what is recorded. */
export const describeEnvironment = ({ name, service, record, proxy, slots, activeSlot, weight }: Described): EnvironmentStatus => {
  const port = service.start.port[name];
  const proxyUrl = proxy?.url ?? (port === undefined ? '' : `http://127.0.0.1:${port}`);
  const state = slots.find(({ slot }) => slot === activeSlot)?.state ?? 'empty';
  const ready = state === 'healthy';
  const detail = `${activeSlot} slot: ${proxy === null ? 'not provisioned' : state}`;
  return {
    environment: name,
    ready,
    proxyUrl,
    activeSlot,
    candidateWeightPercent: weight,
    slots: slots.map((one) => {
      const known = one.artifact ?? record.slots[one.slot];
      return {
        slot: one.slot,
        state: one.state === 'empty' && known !== null ? 'unhealthy' : one.state, // recorded, and not running
        version: known?.version ?? null,
        digest: known?.digest ?? null,
        url: one.run?.target.url ?? null,
        restarts: one.restarts,
        ...(known?.configuration !== undefined && { configuration: known.configuration }),
      };
    }),
    services: [{ name: service.name, healthy: ready, url: proxyUrl, detail }],
  };
};
