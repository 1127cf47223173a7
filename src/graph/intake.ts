import { randomBytes } from 'node:crypto';
import type { LangGraphRunnableConfig } from '@langchain/langgraph';
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { digestOf } from '../blackboard/digest.js';
import { StagingError } from '../catalog/errors.js';
import type { Board } from '../catalog/fields.js';
import { redact, redactAll } from '../catalog/redact.js';
import { gateNames } from '../catalog/gates.js';
import { titleOf, type ReleaseRequest } from '../catalog/request.js';
import type { StagingConfig } from '../catalog/config.js';
import { signatureRefused } from '../gates/sign-off.js';
import { plain } from '../gates/words.js';
import { withCare } from '../rollout/with-care.js';
import { answerInWords } from './approval.js';
import { callerOf } from './caller.js';
import { reply, toldFrom } from './reply.js';
import type { Reading, Understood } from './request/draft.js';
import { kindOf } from './request/kind-of.js';
import { knownTo } from './request/known.js';
import { readMessages, rewordWith, withChoices } from './request/read-with-model.js';
import { planOf, sayBack } from './request/say-back.js';
import type { Runtime } from './runtime.js';
import type { StagingState, StagingUpdate } from './state.js';

/**
 * The first node. A thread without a release: reads the last human message and begins one, or asks back.
 * A thread with a release: says where it stands when asked, takes a decision from whoever a credential names, and goes on from what is
 * pending. One that has stopped goes on where the input takes the halt away (`{ halt: null }`): no message does.
 */
export const intake =
  (runtime: Runtime) =>
  async (state: StagingState, config: LangGraphRunnableConfig): Promise<StagingUpdate> => {
    const told = toldFrom(state, runtime.config.approvers);
    if (told !== null) {
      const asked = state.messages.at(-1);
      if (asked?.type !== 'human') return {};
      const answered = state.halt === null && isAnswer(asked.text) ? await answerInWords(asked.text, state, runtime, config) : null;
      return answered ?? { messages: [new AIMessage(reply(asked.text, told, runtime.ports.clock.now()))] };
    }
    const reading = state.request
      ? { request: redactAll(state.request), notes: [] }
      : await readThread(state.messages, runtime, releaseIdOf(config));
    if ('question' in reading) return { messages: [...struck(state.messages), new AIMessage(withChoices(reading))] };
    const asked = { ...reading, request: requestBy(callerOf(config), reading.request) };
    return begin(runtime, asked, releaseIdOf(config), state);
  };

/** Whether it is meant to decide, however badly. */
const isAnswer = (text: string): boolean => ['decision', 'unclear'].includes(kindOf(text).kind);

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

/** A credential says who asks, whatever the request says. */
const requestBy = (caller: string | null, request: ReleaseRequest): ReleaseRequest =>
  caller === null ? request : { ...request, requestedBy: caller };

/** A signature from beforehand is held to what an answer is held to. */
const checkSignature = ({ preApprovedBy, requestedBy }: ReleaseRequest, config: StagingConfig): void => {
  if (preApprovedBy === null) return;
  const against = signatureRefused(preApprovedBy, config, requestedBy ?? null);
  if (against !== null) throw new StagingError('NOT_AN_APPROVER', `Failed to sign the approval beforehand: ${against}.`);
};

const begin = async (
  runtime: Runtime,
  { request, notes }: Pick<Understood, 'request' | 'notes'>,
  releaseId: string,
  { messages: said, staging_environment_config: given }: StagingState,
): Promise<StagingUpdate> => {
  const { store, ports } = runtime;
  const config = withCare(runtime.config, request);
  checkSignature(request, config);
  if (request.develop !== undefined && runtime.model.name === 'runbook')
    throw new StagingError(
      'DEVELOPER_MISSING',
      `Failed to begin the release: "${plain(request.develop)}" is only described, no branch holds it, and the runbook writes no code.`,
    );
  const at = ports.clock.now();
  const task = titleOf(request);
  await store.saveRelease({
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
  await store.append(releaseId, [
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
    ...config.waivers.map((waiver, place) => ({
      key: `request:waiver:${place}`,
      at,
      agent: waiver.by,
      routine: '',
      kind: 'note' as const,
      name: 'waiver',
      value: waiver,
    })),
    { key: 'request:event', at, agent: 'request', routine: '', kind: 'event', name: 'swarm/started', value: { task } },
  ]);
  return {
    releaseId,
    request,
    ...fields,
    events: [{ id: '1.swarm/started', topic: 'swarm/started', emittedBy: 'request', reason: '', at, handled: false }],
    messages: [
      ...struck(said),
      new AIMessage(
        [
          `${understood(releaseId, request)}${runtime.simulated ? ' In the simulated world: nothing real happens.' : ''}`,
          ...notes,
          ...planOf(request, config).map((step, index) => `${index + 1}. ${step}`),
        ].join('\n'),
      ),
    ],
  };
};

const readThread = async (messages: readonly BaseMessage[], runtime: Runtime, id: string): Promise<Reading> => {
  const { config, store, ports } = runtime;
  const context = { config, preApprovedBy: null, ...(await knownTo(store, config, ports.clock.now())) };
  return readMessages(messages, context, rewordWith({ ...runtime, id }));
};

/** What people have said, where it held a secret: the same messages without it. */
const struck = (messages: readonly BaseMessage[]): BaseMessage[] =>
  messages
    .filter(({ type, text }) => type === 'human' && redact(text) !== text)
    .map(({ id, text }) => new HumanMessage({ ...(id && { id }), content: redact(text) }));

/** A request in words, as it was understood. */
export const understood = (id: string, request: ReleaseRequest): string => `Release ${id}: ${sayBack(request)}.`;

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
