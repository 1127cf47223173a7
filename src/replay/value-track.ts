import { StagingError } from '../catalog/errors.js';
import type { Place } from './lane.js';
import { Ledger } from './ledger.js';
import { redactJson } from './redact.js';
import type { RunSettings } from './run-tape.js';
import { questionDigest, type normaliser } from './rules.js';
import type { Json, RecordedValue } from './tape-file.js';

type Answer = RecordedValue['answers'][number];
type Taken = { lane: string; name: string; input: Json | undefined; answer: Answer | null };

/** Everything that is not a model's word and still differs from run to run: tool results, the clock, randomness. */
export class ValueTrack {
  private readonly ledger: Ledger<Taken>;

  constructor(
    private readonly settings: RunSettings,
    private readonly normalise: ReturnType<typeof normaliser>,
    private readonly here: () => Place,
    private readonly refused: string[],
  ) {
    const entries = settings.values.flatMap(({ lane, name, input, answers }) =>
      answers.map((answer) => ({ lane, digest: digestOf(name, input), item: { lane, name, input, answer } })),
    );
    this.ledger = new Ledger<Taken>(entries, ({ answer }) => answer?.error === undefined);
  }

  async value(name: string, make: () => unknown, input?: unknown): Promise<Json | undefined> {
    const taken = this.take(name, input);
    if (taken.answer) return given(taken.answer);
    try {
      taken.answer = { ...withValue(await make()) };
    } catch (error) {
      taken.answer = { error: errorOf(error) };
      throw error;
    }
    return taken.answer.value;
  }

  /** The same for what cannot wait: a clock, a random number. */
  valueNow(name: string, make: () => number): number {
    const taken = this.take(name, undefined);
    taken.answer ??= { value: make() };
    return Number(given(taken.answer));
  }

  unused(): string[] {
    return this.ledger.unused().map(({ item }) => valueName(item));
  }

  /** Answers of one question stand together, by lane and name. */
  recorded(): RecordedValue[] {
    const values = new Map<string, RecordedValue>();
    for (const { item, digest } of this.ledger.taken()) {
      const key = `${item.lane}\n${digest}`;
      const value = values.get(key) ?? {
        lane: item.lane,
        name: item.name,
        ...(item.input !== undefined && { input: item.input }),
        answers: [],
      };
      values.set(key, value);
      if (item.answer) value.answers.push(item.answer);
    }
    return [...values.values()].sort((a, b) => valueName(a).localeCompare(valueName(b), 'en', { numeric: true }));
  }

  private take(name: string, input: unknown): Taken {
    const place = this.here();
    const asked = input === undefined ? undefined : this.normalise.json(redactJson(toJson(input) ?? null, []));
    const digest = digestOf(name, asked);
    const known = this.ledger.take(place, digest);
    if (known) return known;
    if (this.settings.mode === 'replay') {
      const refusal = `value ${valueName({ lane: place.lane, name, input: asked })}`;
      this.refused.push(refusal);
      throw new StagingError('TAPE_MISS', `Failed to replay: ${refusal} is not on the tape.`);
    }
    const taken: Taken = { lane: place.lane, name, input: asked, answer: null };
    this.ledger.add(place, digest, taken);
    return taken;
  }
}

const digestOf = (name: string, input: Json | undefined): string => questionDigest([name, input ?? null]);

const valueName = ({ lane, name, input }: { lane: string; name: string; input?: Json | undefined }): string =>
  `${name}${input === undefined ? '' : ` ${JSON.stringify(input).slice(0, 120)}`} (${lane || 'no graph'})`;

/** What JSON keeps of a value: the program gets the same while recording as later from the tape. */
const toJson = (value: unknown): Json | undefined => {
  const text = JSON.stringify(value) as string | undefined; // undefined for undefined and for functions
  return text === undefined ? undefined : (JSON.parse(text) as Json); // JSON.parse gives nothing else
};

const withValue = (made: unknown): Answer => {
  const value = toJson(made);
  return value === undefined ? {} : { value };
};

const errorOf = (error: unknown): { name: string; message: string } =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };

const given = ({ value, error }: Answer): Json | undefined => {
  if (error) throw Object.assign(new Error(error.message), { name: error.name });
  return value;
};
