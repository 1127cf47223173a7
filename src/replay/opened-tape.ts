import { isDeepStrictEqual } from 'node:util';
import { StagingError } from '../catalog/errors.js';
import { parseChaos, type Chaos } from './chaos.js';
import { describeMiss, type Miss } from './diagnose.js';
import { listenDuring } from './intercept.js';
import { inLane } from './lane.js';
import type { TapeOptions } from './open-tape.js';
import { promptChanges, promptsNow } from './prompt-digests.js';
import { modelsOf, packagesOf } from './provenance.js';
import { normaliser, type Rule } from './rules.js';
import { TapeRun } from './run-tape.js';
import { writeTape } from './store-tape.js';
import { tapeFormat, tapeVersion, type Tape } from './tape-file.js';
import type { TapeMode } from './tape-mode.js';

/** What the last run asked for that was not there, and what was there that nobody asked for. */
export type TapeReport = { misses: Miss[]; refused: string[]; unused: string[] };

export type TapeSettings = {
  options: TapeOptions;
  mode: TapeMode;
  chaos: Chaos[];
  rules: Rule[];
  /** Null where the caller names none: then those that the tape names count. */
  prompts: Record<string, string> | null;
  program: string;
};

const machineClock = { now: () => new Date().getTime() };

/** A tape that is open. Close it, so that another process may record it. */
export class OpenTape {
  report: TapeReport = { misses: [], refused: [], unused: [] };
  private active: TapeRun | null = null;
  private recorded = false;

  constructor(
    private readonly settings: TapeSettings,
    private tape: Tape | null,
    private readonly unlock: () => void,
  ) {}

  get mode(): TapeMode {
    return this.settings.mode;
  }

  get file(): string {
    return this.settings.options.file;
  }

  /**
   * Runs the program against the tape, from its beginning. Rejects with TAPE_MISS where it asked for something that is not there, even if
   * the program went on, and with TAPE_UNUSED where it left something; a recording is written when the program has ended well.
   */
  async run<T>(program: () => T | Promise<T>, options: { chaos?: Chaos[] } = {}): Promise<T> {
    const { mode } = this.settings;
    if (mode === 'off') return program();
    if (this.active || (mode === 'record' && this.recorded))
      throw new StagingError(
        'TAPE_OPTIONS_INVALID',
        `Failed to run: the tape ${this.file} ${this.active ? 'is running already' : 'was recorded in one run'}.`,
      );
    const run = new TapeRun(this.runSettings(mode, [...this.settings.chaos, ...parseChaos(options.chaos ?? [])]));
    this.active = run;
    const outcome = await listenDuring(run, () => run.during(async () => program())).then(
      (value) => ({ value }),
      (failure: unknown) => ({ failure }),
    );
    await run.settled();
    this.active = null;
    this.report = { misses: run.misses, refused: run.refused, unused: 'failure' in outcome ? [] : run.unused() };
    this.checkMisses('failure' in outcome ? { cause: outcome.failure } : {});
    if ('failure' in outcome) throw outcome.failure;
    if (mode === 'replay') this.checkUnused();
    else await this.write(run);
    return outcome.value;
  }

  /** A lane by name, for a program without a graph, or for questions that one node asks at the same time. */
  lane<T>(name: string, run: () => T): T {
    return inLane(name, run);
  }

  /** A tool result on the tape: `make` runs while recording, and the tape answers when it is replayed. `input` is part of the question. */
  async value<T>(name: string, make: () => T | Promise<T>, input?: unknown): Promise<T> {
    if (this.settings.mode === 'off') return make();
    return (await this.running().values.value(name, make, input)) as T; // what `make` gave while it was recorded
  }

  /** Time on the tape. Waiting takes no time when it is replayed. */
  readonly clock = {
    now: (): number => this.number('clock', () => (this.settings.options.clock ?? machineClock).now()),
    sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
      if (this.settings.mode === 'replay' || signal?.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    },
  };

  /** A number from 0 to 1, on the tape. */
  readonly random = (): number => this.number('random', Math.random);

  /**
   * A whole adapter on the tape: every asynchronous method is a value, asked by its arguments (functions and signals among them do not
   * count). Other properties are passed through.
   */
  door<T extends object>(name: string, adapter: T): T {
    return new Proxy(adapter, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key, target);
        if (typeof found !== 'function' || typeof key !== 'string') return found;
        return (...args: unknown[]) =>
          this.value(
            `${name}.${key}`,
            () => Reflect.apply(found, target, args) as unknown,
            args.map((arg) => (arg instanceof AbortSignal || typeof arg === 'function' ? null : arg)),
          );
      },
    });
  }

  close(): void {
    this.unlock();
  }

  private prompts(): Record<string, string> {
    return this.settings.prompts ?? promptsNow(this.file, this.tape?.header.prompts ?? {});
  }

  private running(): TapeRun {
    if (this.active) return this.active;
    throw new StagingError('TAPE_OPTIONS_INVALID', 'Failed to read a value from the tape: nothing runs; call it within `tape.run`.');
  }

  private number(name: string, make: () => number): number {
    return this.settings.mode === 'off' ? make() : this.running().values.valueNow(name, make);
  }

  private runSettings(mode: 'replay' | 'record' | 'update', chaos: Chaos[]) {
    const { rules, options } = this.settings;
    const calls = this.tape?.calls ?? [];
    const { json } = normaliser(rules);
    return {
      mode,
      // Rules that were declared since the recording apply to what it holds, too.
      calls: mode === 'update' ? calls.map((call) => ({ ...call, request: { ...call.request, body: json(call.request.body) } })) : calls,
      values: this.tape?.values ?? [],
      rules: mode === 'replay' ? (this.tape?.header.rules ?? []) : rules,
      promptChanges: promptChanges(this.tape?.header.prompts ?? {}, this.prompts()),
      allow: options.allow ?? [],
      chaos,
    };
  }

  private checkMisses(cause: { cause?: unknown }): void {
    const said = [...this.report.misses.map(describeMiss), ...this.report.refused.map((what) => `${what} is not on the tape`)];
    if (said.length === 0) return;
    throw new StagingError('TAPE_MISS', `Failed to ${this.mode} ${this.file}: ${said.join('\n')}`, {
      ...cause,
      ...this.remedy('If the change is meant, run'),
    });
  }

  private checkUnused(): void {
    const { unused } = this.report;
    if (unused.length === 0 || this.settings.options.unused === 'allow') return;
    throw new StagingError(
      'TAPE_UNUSED',
      `Failed to replay ${this.file} to its end: nobody asked for ${unused.join(', ')}.`,
      this.remedy('If the program rightly asks less, drop it with'),
    );
  }

  private remedy(when: string): { remedy: string } {
    return { remedy: `${when} \`langgraph-staging tape update ${this.file} -- COMMAND\`, with the command that runs the test.` };
  }

  private async write(run: TapeRun): Promise<void> {
    const { rules, program, options } = this.settings;
    const prompts = this.prompts();
    const before = this.tape;
    const content = { calls: run.calls(), values: run.values.recorded() };
    const source = options.source ?? before?.header.source ?? 'recorded';
    // An update that changed nothing leaves the file, date included, as it was.
    if (
      before &&
      isDeepStrictEqual(content, { calls: before.calls, values: before.values }) &&
      isDeepStrictEqual([prompts, rules, source], [before.header.prompts, before.header.rules, before.header.source])
    )
      return;
    const note = options.note ?? before?.header.note;
    const tape: Tape = {
      format: tapeFormat,
      version: tapeVersion,
      header: {
        source,
        program,
        ...(note !== undefined && { note }),
        recordedAt: new Date((options.clock ?? machineClock).now()).toISOString(),
        endpoints: [...new Set([...(before?.header.endpoints ?? []), ...run.hosts])].sort(),
        models: modelsOf(content.calls),
        packages: packagesOf(this.file),
        prompts,
        rules,
      },
      ...content,
    };
    await writeTape(this.file, tape);
    this.tape = tape;
    this.recorded = true;
  }
}
