import { randomBytes } from 'node:crypto';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { digestOf } from '../blackboard/digest.js';
import { StagingError } from '../catalog/errors.js';
import type { Board } from '../catalog/fields.js';
import { gateNames } from '../catalog/gates.js';
import { titleOf, type ReleaseRequest } from '../catalog/request.js';
import type { StagingConfig } from '../catalog/config.js';
import { standing } from './standing.js';
import { parseRequest } from './parse-request.js';
import type { Runtime } from './runtime.js';
import type { StagingState, StagingUpdate } from './state.js';

/**
 * The first node. A thread without a release: reads the last human message and begins one, or asks back.
 * A thread with a release: says where it stands when asked, and goes on from what is pending.
 */
export const intake =
  (runtime: Runtime) =>
  (state: StagingState, config: LangGraphRunnableConfig): StagingUpdate => {
    if (state.releaseId !== null) {
      const asked = state.messages.at(-1)?.type === 'human';
      return { halt: null, ...(asked && { messages: [new AIMessage(standing(state))] }) };
    }
    const reading = state.request ? { request: state.request } : readMessages(state.messages, runtime.config);
    if ('question' in reading) return { messages: [new AIMessage(reading.question)] };
    return begin(runtime, reading.request, releaseIdOf(config), state.staging_environment_config);
  };

/**
 * One thread is one release, and lends it its id. Inside another graph the thread is the host's, and one run of the node there is
 * one release: its place in the host's checkpoints is the same after a resume and another one for the next run.
 */
const releaseIdOf = ({ configurable }: LangGraphRunnableConfig): string => {
  const thread: unknown = configurable?.['thread_id'];
  const namespace: unknown = configurable?.['checkpoint_ns'];
  const [, ...host] = typeof namespace === 'string' ? namespace.split('|').reverse() : [];
  if (host.length > 0)
    return digestOf([thread, ...host])
      .slice('sha256:'.length)
      .slice(0, 8);
  return typeof thread === 'string' ? thread : randomBytes(4).toString('hex');
};

const begin = (runtime: Runtime, request: ReleaseRequest, releaseId: string, given: Board['staging_environment_config']): StagingUpdate => {
  const { store, config, ports } = runtime;
  if (request.preApprovedBy !== null && !config.approvers.includes(request.preApprovedBy))
    throw new StagingError(
      'NOT_AN_APPROVER',
      `Failed to sign the approval beforehand: ${request.preApprovedBy} is not among ${config.approvers.join(', ')}.`,
    );
  const at = ports.clock.now();
  const task = titleOf(request);
  store.saveRelease({
    id: releaseId,
    request,
    state: 'running',
    outcome: null,
    reason: '',
    model: runtime.model.name,
    simulated: runtime.simulated,
    createdAt: at,
    updatedAt: at,
  });
  const fields = { ...initialFields(config), ...(given && { staging_environment_config: given }) }; // what a host describes stands
  store.append(releaseId, [
    { key: 'request', at, agent: 'request', routine: '', kind: 'note', name: 'request', value: request },
    ...Object.entries(fields).map(([name, value]) => ({
      key: `request:field:${name}`,
      at,
      agent: 'request',
      routine: '',
      kind: 'field' as const,
      name,
      value,
    })),
    { key: 'request:event', at, agent: 'request', routine: '', kind: 'event', name: 'swarm/started', value: { task } },
  ]);
  return {
    releaseId,
    request,
    ...fields,
    events: [{ id: '1.swarm/started', topic: 'swarm/started', emittedBy: 'request', reason: '', at, handled: false }],
    messages: [new AIMessage(understood(releaseId, request))],
  };
};

const readMessages = (messages: readonly BaseMessage[], config: StagingConfig) => {
  const text = messages.findLast((message) => message.type === 'human')?.text ?? '';
  return parseRequest(text, { config, preApprovedBy: null });
};

const understood = (id: string, request: ReleaseRequest): string =>
  `Release ${id}: ${titleOf(request)}${request.features.length > 0 ? ` with ${request.features.join(' and ')}` : ''} to staging${request.target === 'production' ? ', then to production if every gate opens' : ' only'}.`;

const initialFields = (config: StagingConfig): Board => ({
  staging_environment_config: {
    service: config.service.name,
    dependencies: config.dependencies.map(({ name }) => name),
    quota: config.limits.quota,
  },
  deployment_pipeline: { rollout: config.rollout, stability: config.stability, maxFixAttempts: config.maxFixAttempts },
  staging_test_suite: config.suites.map(({ name, kind }) => ({ id: name, kind })),
  critical_user_paths: config.criticalUserPaths,
  performance_targets: config.performanceTargets,
  deployment_gates: gateNames,
  production_criteria: {
    minPassRate: config.gates.minPassRate,
    soakMs: config.stability.soakMs,
    approvers: config.approvers,
    off: config.gates.off,
  },
});
