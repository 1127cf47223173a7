import { StagingError } from '../catalog/errors.js';
import { answerOf, type Chaos } from './chaos.js';
import { describeMiss, diagnose, type Miss } from './diagnose.js';
import { askForReal, isAllowed, type Listener } from './intercept.js';
import { TaskWatch, type Place } from './lane.js';
import { Ledger } from './ledger.js';
import type { PromptChange } from './prompt-digests.js';
import { keepHeaders, secretsOf } from './redact.js';
import { normaliser, questionDigest, type Rule } from './rules.js';
import { callName, isAnswer, type Asked, type Call, type Reply, type Tape } from './tape-file.js';
import { Turns } from './turns.js';
import { ValueTrack } from './value-track.js';
import { askedOf, failureOf, replyOf } from './wire.js';

/** A call of this run. Its reply is there at once when it was recorded earlier, and after a while when it is being recorded. */
type Taken = { call: Omit<Call, 'ordinal' | 'reply'>; recorded: Call | null; reply: Reply | null; ready: Promise<Reply> };

export type RunSettings = {
  mode: 'replay' | 'record' | 'update';
  /** What is on the tape already. */
  calls: Tape['calls'];
  values: Tape['values'];
  rules: readonly Rule[];
  promptChanges: readonly PromptChange[];
  allow: readonly string[];
  chaos: readonly Chaos[];
};

/**
 * LangChain fetches its tokenizer from here, once per process, to estimate what a streamed answer costs. That depends on what ran before
 * and belongs on no tape. Given an empty file, LangChain estimates without it, while recording as well as later; any error it would
 * retry for minutes.
 */
const tokenizerHost = 'tiktoken.pages.dev';

/** One run of a program against a tape: what it asked, what it got, and what was not there. */
export class TapeRun implements Listener {
  readonly misses: Miss[] = [];
  /** Connections that no request explains, and values that were not recorded. */
  readonly refused: string[] = [];
  readonly hosts = new Set<string>();
  readonly values: ValueTrack;
  private readonly watch = new TaskWatch();
  private readonly turns = new Turns();
  private readonly ledger: Ledger<Taken>;
  private readonly normalise: ReturnType<typeof normaliser>;

  constructor(private readonly settings: RunSettings) {
    this.normalise = normaliser(settings.rules);
    const entries = settings.calls.map((call) => ({ lane: call.lane, digest: questionDigest(call.request), item: takenFrom(call) }));
    this.ledger = new Ledger<Taken>(entries, ({ reply }) => reply === null || isAnswer(reply));
    this.values = new ValueTrack(settings, this.normalise, () => this.watch.here(), this.refused);
  }

  /** Runs the program, with LangGraph telling where it is. */
  during<T>(program: () => Promise<T>): Promise<T> {
    return this.watch.around(program);
  }

  answer(request: Request, url: URL): Promise<Response> | null {
    if (isAllowed(this.settings.allow, url.hostname, portOf(url))) return null;
    if (url.hostname === tokenizerHost) return Promise.resolve(new Response(''));
    this.turns.arrived();
    return this.respond(request, url, this.watch.here());
  }

  connect(host: string, port: number): void {
    if (this.settings.mode !== 'replay' || isAllowed(this.settings.allow, host, port)) return;
    const refusal = `a connection to ${host}:${port}`;
    this.refused.push(refusal);
    throw new StagingError('TAPE_MISS', `Failed to connect: ${refusal} is not on the tape, and nothing falls through to the network.`);
  }

  escape(url: URL): Error | null {
    if (isAllowed(this.settings.allow, url.hostname, portOf(url))) return null;
    const refusal = `a request to ${url.host} by a client that was in use before the tape ran (make the client within the run)`;
    this.refused.push(refusal);
    return new StagingError('TAPE_MISS', `Failed to ask ${url.host}: ${refusal} cannot be on the tape.`);
  }

  /** All replies are read to their end. */
  async settled(): Promise<void> {
    await Promise.all(this.ledger.taken().map(({ item }) => item.ready));
  }

  unused(): string[] {
    return [...this.ledger.unused().flatMap(({ item }) => (item.recorded ? [callName(item.recorded)] : [])), ...this.values.unused()];
  }

  /** The calls that were made, by lane and then in their order: parallel lanes reach the wire in any order, and the file must not show it. */
  calls(): Call[] {
    const lanes = new Map<string, Call[]>();
    for (const { item } of this.ledger.taken()) {
      const lane = lanes.get(item.call.lane) ?? [];
      lanes.set(item.call.lane, lane);
      if (item.reply) lane.push({ ...head(item.call, lane.length + 1), request: item.call.request, reply: item.reply });
    }
    return [...lanes].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).flatMap(([, calls]) => calls);
  }

  private async respond(request: Request, url: URL, place: Place): Promise<Response> {
    const bytes = new Uint8Array(await request.arrayBuffer());
    const plain = askedOf(request, url, bytes, [], this.normalise);
    const known = this.ledger.take(place, questionDigest(plain));
    if (known) return this.give(known, place);
    // Few requests repeat their own credentials in their body, so most are answered by now.
    const secrets = secretsOf(request.headers, url);
    const asked = secrets.length === 0 ? plain : askedOf(request, url, bytes, secrets, this.normalise);
    const digest = questionDigest(asked);
    const redacted = this.ledger.take(place, digest);
    if (redacted) return this.give(redacted, place);
    switch (this.settings.mode) {
      case 'replay':
        return this.refuse(place, asked);
      case 'record':
      case 'update':
        return this.record(request, url, bytes, secrets, place, asked, digest);
    }
  }

  private async give(taken: Taken, { lane, visit }: Place): Promise<Response> {
    if (this.settings.mode === 'replay' && visit !== '') await this.turns.turnOf(callName({ lane, ordinal: taken.recorded?.ordinal ?? 0 }));
    return answerOf(await taken.ready, this.chaosFor(taken));
  }

  private chaosFor({ call, recorded }: Taken): Chaos[] {
    const name = recorded ? callName(recorded) : call.lane;
    return this.settings.chaos.filter((one) => one.call === undefined || name.includes(one.call));
  }

  /** 409 is the one refusal that LangChain neither retries nor turns into something else. */
  private refuse(place: Place, asked: Asked): Response {
    const unused = new Set(this.ledger.unused().flatMap(({ item }) => (item.recorded ? [item.recorded] : [])));
    const miss = diagnose(place, asked, { calls: this.settings.calls, unused, promptChanges: this.settings.promptChanges });
    this.misses.push(miss);
    return Response.json({ error: { message: describeMiss(miss), type: 'tape_miss', code: 'tape_miss', param: null } }, { status: 409 });
  }

  private async record(
    request: Request,
    url: URL,
    bytes: Uint8Array,
    secrets: readonly string[],
    place: Place,
    asked: Asked,
    digest: string,
  ): Promise<Response> {
    this.hosts.add(url.host);
    const { method, headers, signal } = request;
    const sent = askForReal(request.url, { method, headers, signal, ...(bytes.length > 0 && { body: new Uint8Array(bytes) }) });
    const split = sent.then(halves);
    const ready = split.then(
      ({ kept }) => replyOf(kept, secrets),
      (error: unknown) => failureOf(error, request.signal.aborted),
    );
    const { lane, agent, node } = place;
    const taken: Taken = {
      call: { lane, ...(agent !== undefined && { agent }), ...(node !== undefined && { node }), request: asked },
      recorded: null,
      reply: null,
      ready: ready.then((reply) => (taken.reply = reply)),
    };
    this.ledger.add(place, digest, taken);
    return split.then(
      ({ given }) => given,
      async () => answerOf(await taken.ready, []),
    );
  }
}

const takenFrom = (recorded: Call): Taken => {
  const { reply, ordinal: _ordinal, ...call } = recorded;
  return { call, recorded, reply, ready: Promise.resolve(reply) };
};

const head = ({ lane, agent, node }: Taken['call'], ordinal: number) => ({
  lane,
  ordinal,
  ...(agent !== undefined && { agent }),
  ...(node !== undefined && { node }),
});

/** One answer for the program, as it comes, and one for the tape. Headers that the tape leaves out are left out for the program too. */
const halves = (response: Response): { given: Response; kept: Response } => {
  const [given, kept] = response.body?.tee() ?? [null, null];
  const init = { status: response.status, headers: keepHeaders(response.headers) };
  return { given: new Response(given, init), kept: new Response(kept, init) };
};

const portOf = (url: URL): number => Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
