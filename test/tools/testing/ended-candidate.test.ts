import { expect, test } from 'vitest';
import type { EnvironmentStatus, Evidence } from '../../../src/catalog/tools.js';
import { openSimulatedPorts } from '../../../src/scenario/simulated-world.js';
import { runTool, type ToolContext } from '../../../src/tools/run-tool.js';
import { noIntents } from '../../support/no-intents.js';
import { simulatedConfig } from '../../support/simulated-release.js';
import { openTesting } from './fixtures/local-testing.js';

const nobody = 'http://127.0.0.1:1'; // refuses every connection

type Slot = EnvironmentStatus['slots'][number];

/** A load test whose connections are refused, beside a candidate whose slot looks as told, one look after the other. */
const refusedLoad = async (looks: Partial<Slot>[]): Promise<number> => {
  const config = simulatedConfig();
  const ports = openSimulatedPorts({ config });
  const testing = await openTesting();
  const status = async (): Promise<EnvironmentStatus> => {
    const look = (looks.length > 1 ? looks.shift() : looks[0]) ?? {};
    const standing: Slot = { slot: 'green', version: 'v2.2.0', digest: 'sha256:0', state: 'healthy', url: nobody, restarts: 0 };
    return { ...(await ports.deployment.status('staging')), slots: [{ ...standing, ...look }] };
  };
  const preview = { tool: 'deploy_preview', attempt: 1, data: { slot: 'green', url: nobody } } as unknown as Evidence; // what the tool reads of it
  const request = { service: 'storefront', version: 'v2.2.0', features: [], target: 'production' as const, text: '', preApprovedBy: null };
  const context: ToolContext = {
    ...{ releaseId: 'r1', request, config, attempt: 1, by: 'test', all: [preview] },
    ports: { ...ports, testing, deployment: { ...ports.deployment, status } },
    ...{ weight: () => Promise.resolve(), trouble: () => Promise.resolve(), intents: noIntents, goOn: () => undefined },
  };
  const caller = { agent: 'qa_tester', routine: 'performance-testing-routine', by: 'code', at: 1_000, earlier: () => [] } as const;
  const load = (await runTool({ tool: 'run_load', args: {}, caller }, context)) as { restarts: number };
  return load.restarts;
};

test('a candidate that refuses the load has ended, though its environment sees it a moment later', async () => {
  expect(await refusedLoad([{ state: 'healthy' }, { state: 'healthy' }, { state: 'healthy' }, { state: 'crashed' }])).toBe(1);
  expect(await refusedLoad([{ state: 'healthy' }, { state: 'starting', restarts: 2 }])).toBe(2);
});

test('a load that broke beside a candidate that stands says nothing of the candidate', async () => {
  expect(await refusedLoad([{ state: 'healthy' }])).toBe(0);
});
