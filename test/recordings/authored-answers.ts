import { routineNames, routines, type RoutineName } from '../../src/catalog/routines.js';
import type { Script } from './authored-script.js';
import { calmRelease } from './calm-release.js';
import type { Answerer } from './model-endpoint.js';

/** Answers from a script; what it leaves open, the calm release says. A question that nothing was written for is an error. */
export const authoredAnswers = (script: Script): Answerer => {
  const runs = new Map<RoutineName | 'rewording', number>();
  return ({ messages }) => {
    const system = messages[0]?.content ?? '';
    const routine = system.includes('## The grammar')
      ? 'rewording'
      : routineNames.find((one) => system.includes(`## Task\n${routines[one].does}`));
    if (!routine) throw new Error('No routine is named in this prompt.');
    const turn = messages.filter(({ role }) => role === 'assistant').length;
    if (turn === 0) runs.set(routine, (runs.get(routine) ?? 0) + 1);
    const visits = script[routine] ?? calmRelease[routine] ?? [];
    const answer = visits[Math.min(runs.get(routine) ?? 1, visits.length) - 1]?.[turn];
    if (answer === undefined) throw new Error(`Nothing was written for turn ${turn + 1} of ${routine}.`);
    return typeof answer === 'string' ? { says: answer, calls: [] } : answer;
  };
};
