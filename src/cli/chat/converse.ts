import { explainError } from '../../catalog/errors.js';
import type { Caller, DeskEvent, ReleaseDesk, ReleaseSummary } from '../../desk/desk-contract.js';
import { withEvidence } from '../../graph/answer-question.js';
import type { ApprovalQuestion } from '../../graph/approval-question.js';
import { kindOf, type Kind } from '../../graph/request/kind-of.js';
import { plain } from '../../gates/words.js';
import type { Heard } from '../../graph/request/read-conversation.js';
import { planOf, sayBack } from '../../graph/request/say-back.js';

type Given = {
  desk: ReleaseDesk;
  caller: Caller;
  say: (text: string) => void;
  /** What a person types to go on with a release once this conversation is over. */
  commandFor: (does: 'resume' | 'approve', id: string) => string;
};

/** What the next line is read after: an unclear sentence, or a plan that waits for a yes. */
type Pending = { kind: 'unclear'; open: NonNullable<Heard['open']> } | { kind: 'plan'; sentence: string } | null;

/**
 * A conversation at the desk. Every line is answered at once, whatever runs: releases go on behind, and what they come to is said when
 * they come to it. Who decides is the caller, whatever a line says.
 */
export const converse = async ({ desk, caller, say, commandFor }: Given) => {
  let pending: Pending = null;
  let current = (await desk.list(caller, { limit: 1 }))[0]?.release ?? null;
  const shown = new Map<string, string>();
  const watched = new Map<string, Promise<void>>();

  const show = (question: ApprovalQuestion): void => {
    shown.set(question.release, question.digest);
    const asked = question.description.replaceAll('**', '').replaceAll(/\n\n/g, '\n');
    say(question.note === '' ? asked : `Asked again: ${question.note}.\n${question.question}`);
  };

  const watch = (id: string): void => {
    const until = desk.settled(id).then((summary) => tellEnd(summary));
    watched.set(
      id,
      until.catch((error: unknown) => say(explainError(error))),
    );
  };

  const tellEnd = async (summary: ReleaseSummary): Promise<void> => {
    const { release, service, version, outcome, reason, waitingFor } = summary;
    const question = await desk.question(caller, release);
    if (question !== null) return show(question);
    if (summary.state === 'ended') return say(`${service} ${version}: ${outcome ?? 'ended'}. ${reason}`);
    if (waitingFor !== null) say(`${service} ${version} has stopped: ${reason} Say "resume", or later: ${commandFor('resume', release)}`);
  };

  const stop = desk.follow((event) => {
    const line = narrated(event);
    if (line !== null) say(line);
  });

  const request = async (text: string): Promise<void> => {
    const heard = await desk.hear(caller, pending?.kind === 'unclear' ? pending.open : null, text);
    pending = heard.open === null ? null : { kind: 'unclear', open: heard.open };
    if ('question' in heard.reading) return say(withChoices(heard.reading));
    pending = { kind: 'plan', sentence: heard.sentence };
    const { request: wanted, notes } = heard.reading;
    say(
      [
        `I understood: ${sayBack(wanted)}.`,
        ...notes,
        'The plan:',
        ...planOf(wanted, desk.config).map((step, index) => `  ${index + 1}. ${step}`),
        'Shall I begin? (yes, no, or say what is different)',
      ].join('\n'),
    );
  };

  const begin = async (sentence: string): Promise<void> => {
    pending = null;
    const asked = await desk.request(caller, sentence);
    if (asked.kind === 'unclear') return say(withChoices(asked));
    current = asked.release;
    say(asked.state === 'queued' ? `Release ${asked.release} waits in the queue.` : `Release ${asked.release} begins.`);
    watch(asked.release);
  };

  const decide = async ({ decision, comment }: Extract<Kind, { kind: 'decision' }>, line: string): Promise<void> => {
    const id = await idIn(line);
    const question = id === null ? null : await desk.question(caller, id);
    if (question === null) return say('Nothing is waiting for an approval.');
    const other = /\bas ([\w.@-]*\w)/i.exec(line)?.[1];
    if (other !== undefined && other !== caller.name)
      return say(`You are ${caller.name} here, as the command was told with --as; a line cannot say otherwise. The question stays open.`);
    const digest = shown.get(question.release);
    if (digest !== question.digest) {
      show(question);
      return say('That is what is asked. Say it again if you mean this.');
    }
    await desk.decide(caller, question.release, { digest, decision, comment });
    say(`${caller.name} has ${decision} ${question.code}.`);
    watch(question.release);
  };

  const move = async (what: 'rollback' | 'cancel' | 'resume', line: string): Promise<void> => {
    const id = await idIn(line);
    if (id === null) return say('There is no release.');
    await {
      rollback: () => desk.rollBack(caller, id, ''),
      cancel: () => desk.cancel(caller, id, ''),
      resume: () => desk.resume(caller, id),
    }[what]();
    watch(id);
  };

  /** A release that the line names by its id or by the code of its question, else the one that is spoken of. */
  const idIn = async (line: string): Promise<string | null> => {
    const named = /\b[0-9a-f]{8}\b/.exec(line)?.[0];
    if (named === undefined) return current;
    for (const { release } of await desk.list(caller)) if ((await desk.question(caller, release))?.code === named) return release;
    return named;
  };

  const answer = async (line: string): Promise<void> => {
    if (pending?.kind === 'plan') {
      const { sentence } = pending;
      if (yes.test(line)) return begin(sentence);
      pending = null;
      if (no.test(line)) return say('Nothing begins.');
      const kind = kindOf(line).kind;
      if (kind === 'question') pending = { kind: 'plan', sentence };
      else if (kind === 'request') return request(whole.test(line) ? line : `${sentence}. ${line}`);
    }
    const kind = kindOf(line);
    switch (kind.kind) {
      case 'question': {
        const id = await idIn(line);
        return say(
          id === null
            ? 'There is no release yet. Ask for one, for example: ship storefront v2.2.0 to staging.'
            : withEvidence(await desk.ask(caller, line, id)),
        );
      }
      case 'decision':
        return decide(kind, line);
      case 'unclear':
        return say(kind.question);
      case 'move':
        return move(kind.move, line);
      case 'request':
        return request(line);
    }
  };

  for (const id of desk.pickedUp) watch(id);
  return {
    /** Answers one line. What goes wrong is said, and the conversation goes on. */
    hear: (line: string): Promise<void> => answer(line.trim()).catch((error: unknown) => say(explainError(error))),
    /** When whatever runs has ended or waits for somebody. */
    quiet: async (): Promise<void> => void (await Promise.all(watched.values())),
    /** Says how to go on with what is not over. */
    leave: async (): Promise<void> => {
      stop();
      for (const { release, service, version, state, waitingFor } of (await desk.list(caller)).filter((one) => one.state !== 'ended'))
        say(`${service} ${version} is ${state}. Go on with: ${commandFor(waitingFor === 'approval' ? 'approve' : 'resume', release)}`);
    },
  };
};

const yes = /^(?:yes|y|yep|yeah|sure|ok|okay|go|go ahead|do it|begin|start|please do|ja|oui|sí|si)(?:[ ,]+please)?[.!]*$/i;
const no = /^(?:no|n|nope|stop|never ?mind|forget it|cancel|nothing)[.!]*$/i;
/** A request of its own takes the place of the plan; anything else is added to it. */
const whole = /^(?:please |ok,? |then )*(?:ship|release|deploy|roll|stage|bring|push|promote|take|put)\b.*\d+\.\d+/i;

const withChoices = ({ question, choices }: { question: string; choices: string[] }): string =>
  [question, ...choices.map((choice, index) => `  ${index + 1}. ${choice}`)].join('\n');

/** What is worth a line while a release runs: verdicts, traffic, waiting. */
const narrated = ({ kind, text }: DeskEvent): string | null => {
  const says: Partial<Record<DeskEvent['kind'], string>> = {
    gate: `· gate ${text}`,
    weight: `· ${text}`,
    wait: `· waiting: ${plain(text)}`,
  };
  return says[kind] ?? null;
};
