import { randomBytes } from 'node:crypto';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { MemorySaver, type BaseCheckpointSaver } from '@langchain/langgraph';
import { chatModel, laterModel } from '../agents/chat-model.js';
import type { Progress } from '../agents/routine-context.js';
import { openSqliteStore } from '../blackboard/sqlite-store.js';
import { redactingStore } from '../blackboard/redacting-store.js';
import type { Store } from '../blackboard/store.js';
import type { StagingConfig, StagingConfigInput } from '../catalog/config.js';
import { StagingError } from '../catalog/errors.js';
import { redact } from '../catalog/redact.js';
import { createTurns } from '../tools/deployment/local/turns.js';
import { guardDoors } from '../tools/guard-doors.js';
import type { Ports } from '../tools/ports.js';
import { buildGraph } from './builder.js';
import { strictResume } from './caller.js';
import { hideSecretsOf } from './hide-secrets-of.js';
import { parseConfig } from './parse-config.js';
import { redactingCheckpointer } from './redacting-checkpointer.js';
import type { Runtime } from './runtime.js';

export type StagingOptions = {
  config: StagingConfigInput;
  /** The doors. `openLocalPorts` gives those of this machine, `openSimulatedPorts` those of the simulated world. */
  ports: Ports;
  /** Where journal and evidence go; left out, they live in this process only. */
  store?: Store;
  /** `runbook` (default), `openai:NAME`, or any LangChain chat model. */
  model?: string | BaseChatModel;
  /** The host's; left out, checkpoints live in this process only. Inside another graph the parent's serves, whatever stands here. */
  checkpointer?: BaseCheckpointSaver | false;
  /** Told of everything that happens, as it happens. */
  progress?: (progress: Progress) => void;
  simulated?: boolean;
  nonce?: string;
  /** Routines that could run side by side run one after the other: the journal is the same every time, whatever answers first. */
  inTurn?: boolean;
  /** A soak ends the run after every look (`workers.lookEveryMs`), and whoever runs the graph goes on with it at `waiting.wakeAt`. */
  soakAsleep?: boolean;
};

const optionNames = ['config', 'ports', 'store', 'model', 'checkpointer', 'progress', 'simulated', 'nonce', 'inTurn', 'soakAsleep'];

/** The staging graph, compiled. Throws OPTIONS_INVALID, CONFIG_INVALID, MODEL_UNKNOWN. */
export const createStagingGraph = (options: StagingOptions) => {
  const { checkpointer = new MemorySaver() } = options;
  return stagingGraphBuilder(options)
    .compile({ name: 'staging', ...(checkpointer !== false && { checkpointer: redactingCheckpointer(checkpointer) }) })
    .withConfig({ ...strictResume, recursionLimit }); // a host's own limit counts where it names one
};

/** LangGraph stops after 25 steps unless told otherwise; a release with a fix loop and soaks takes more, and has limits of its own. */
const recursionLimit = 10_000;

/** The same graph, not compiled: for a host that compiles it into its own. */
export const stagingGraphBuilder = (options: StagingOptions) => buildGraph(runtimeOf(options));

const runtimeOf = (options: StagingOptions): Runtime => {
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) throw new StagingError('OPTIONS_INVALID', `Failed to create the graph: there is no option "${unknown}".`);
  const config = parseConfig(options.config);
  refuseUnreachable(config, options.ports);
  hideSecretsOf(config);
  const { progress } = options;
  return {
    config,
    ports: guardDoors(options.ports, config),
    store: redactingStore(options.store ?? openSqliteStore(':memory:')),
    model: chatModel(options.model ?? 'runbook'),
    fallback: config.fallbackModel === undefined ? null : laterModel(config.fallbackModel),
    simulated: options.simulated ?? false,
    soakAsleep: options.soakAsleep ?? false,
    nonce: options.nonce ?? randomBytes(8).toString('hex'),
    progress: (told) => progress?.({ ...told, text: redact(told.text) }),
    turn: options.inTurn === true ? createTurns().take : (work) => work(),
  };
};

/** Several services want doors of their own, which not every host has. */
const refuseUnreachable = ({ services }: StagingConfig, { deployment, services: doors = {} }: Ports): void => {
  const unreachable = services.map(({ name }) => name).filter((name) => doors[name] === undefined);
  if (unreachable.length > 0)
    throw new StagingError(
      'CONFIG_INVALID',
      `Failed to reach ${unreachable.join(' and ')}: the ${deployment.name} environment knows one service, and "services" declares more.`,
      { remedy: 'Give the ports `services`, a door of each by name, or take "services" out of the configuration.' },
    );
};
