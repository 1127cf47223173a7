import { AsyncLocalStorage } from 'node:async_hooks';
import { BaseCallbackHandler } from '@langchain/core/callbacks/base';
import { getContextVariable, registerConfigureHook, setContextVariable } from '@langchain/core/context';
import type { RunnableConfig } from '@langchain/core/runnables';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';

/**
 * Where a call comes from. `lane` is the same in every run: the checkpoint namespace without its UUIDs, each part with its task path.
 * `visit` is the task itself (with its UUID) and `attempt` how often that task was begun, so that a resumed node is known as such.
 */
export type Place = { lane: string; visit: string; attempt: number; agent?: string; node?: string };

const contextVariable = 'langgraph_staging_tape_tasks';
const named = new AsyncLocalStorage<string>();

/** Inside a program without a graph, or where one node asks several times at once: names the lane. Lanes nest. */
export const inLane = <T>(name: string, run: () => T): T =>
  named.run(named.getStore() === undefined ? name : `${named.getStore()}|${name}`, run);

/**
 * The tasks of one run, as LangGraph begins them. A call knows only its own task path; where an agent is a subgraph, what tells parallel
 * branches apart is the path of the task around it, and only the callbacks of that task say it.
 */
export class TaskWatch extends BaseCallbackHandler {
  override readonly name = 'langgraph_staging_tape';
  override awaitHandlers = true;
  override ignoreLLM = true;
  override ignoreAgent = true;
  override ignoreRetriever = true;
  override ignoreCustomEvent = true;
  private readonly paths = new Map<string, string>();
  private readonly attempts = new Map<string, number>();
  private readonly namespaceOfRun = new Map<string, string>();

  /** Makes LangChain tell this watch of every task that `run` begins. */
  async around<T>(run: () => Promise<T>): Promise<T> {
    AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
    await Promise.resolve(); // hook and variable hold from here on, and not for whoever called
    if (getContextVariable(contextVariable) === undefined) registerConfigureHook({ contextVar: contextVariable, inheritable: true });
    setContextVariable(contextVariable, this);
    return run();
  }

  override handleChainStart(
    _chain: unknown,
    _inputs: unknown,
    runId: string,
    fourth?: string,
    _tags?: string[],
    metadata: Record<string, unknown> = {},
    _runName?: string,
    eighth?: string,
  ): void {
    const namespace = text(metadata['langgraph_checkpoint_ns']);
    this.namespaceOfRun.set(runId, namespace);
    // The parent's id is declared to come eighth, and comes fourth (@langchain/core 1.4).
    const within = [fourth, eighth].some((id) => id !== undefined && this.namespaceOfRun.get(id) === namespace);
    if (namespace === '' || within) return;
    this.paths.set(namespace, pathLabel(metadata['langgraph_path']));
    this.attempts.set(namespace, (this.attempts.get(namespace) ?? 0) + 1);
  }

  /** The place of the call that is being made now. */
  here(): Place {
    const config = AsyncLocalStorageProviderSingleton.getRunnableConfig() as RunnableConfig | undefined; // declared as any
    const metadata = config?.metadata ?? {};
    const namespace = text(metadata['langgraph_checkpoint_ns']);
    const prefix = named.getStore();
    const parts = namespace === '' ? [] : namespace.split('|');
    const labels = parts.map((part, at) => {
      const whole = parts.slice(0, at + 1).join('|');
      return `${part.split(':')[0] ?? part}${this.paths.get(whole) ?? (at === parts.length - 1 ? pathLabel(metadata['langgraph_path']) : '')}`;
    });
    const outermost = parts[0] ?? '';
    const agent = text(metadata['lc_agent_name']);
    const node = text(metadata['langgraph_node']);
    return {
      lane: [...(prefix === undefined ? [] : [prefix]), ...labels].join('|'),
      visit: outermost,
      attempt: this.attempts.get(outermost) ?? 1,
      ...(agent !== '' && { agent }),
      ...(node !== '' && { node }),
    };
  }
}

/** A task that was pulled by its edges has no number; one that was pushed (`Send`, `task()`) has its place among the pushed. */
const pathLabel = (path: unknown): string => {
  const numbers = numbersIn(path);
  return numbers.length === 0 ? '' : `/${numbers.join('.')}`;
};

const numbersIn = (path: unknown): number[] => (Array.isArray(path) ? path.flatMap(numbersIn) : typeof path === 'number' ? [path] : []);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
