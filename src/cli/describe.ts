import { describeCulprit } from '../desk/culprits.js';
import { describePlan } from '../desk/describe-plan.js';
import type { ReleaseDocument } from '../desk/document.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';

/** Where a release was left. */
export type Standing =
  { kind: 'ended' | 'asleep' } | { kind: 'waiting'; question: ApprovalQuestion } | { kind: 'halted'; code: string; reason: string };

/** A release in a few lines for people: outcome, gates, criteria, and what to do next. `where` is what every command here is told besides. */
export const describeRelease = (document: ReleaseDocument, stop: Standing, where: string): string => {
  const { service, version, model } = document;
  const met = document.criteria.filter((one) => one.met).length;
  const lines = [
    '',
    `${document.simulated ? 'SIMULATED ' : ''}${service} ${version}: ${headline(document, stop)}`,
    ...(document.reason ? [`  ${document.reason}`] : []),
    '',
    ...document.gates.map(
      ({ gate, outcome, checks }) =>
        `  ${sign(outcome)} ${gate.padEnd(12)} ${outcome.padEnd(13)} ${checks
          .filter((check) => !['passed', 'pending'].includes(check.outcome))
          .map((check) => `${check.check}: ${check.reason}`)
          .join('; ')}`,
    ),
    '',
    ...(document.plan.length === 0 ? [] : ['  plan:', ...describePlan(document.plan).map((step) => `    ${step}`), '']),
    ...document.culprits.flatMap((search) => [...describeCulprit(search).map((line) => `  ${line}`), '']),
    `  ${met} of ${document.criteria.length} success criteria met`,
    ...(stop.kind === 'halted' ? [] : document.criteria.filter((one) => !one.met)).map(
      (one) => `    not met: ${one.criterion}, wanted ${one.expected}, is ${one.actual}`,
    ),
    ...document.criteria
      .filter((one) => one.met && one.expected.includes('instead of'))
      .map((one) => `    ${one.criterion}: ${one.expected} (observed ${one.actual})`),
    `  model: ${model.name}${model.isLanguageModel ? '' : ' (the built-in runbook, not a language model)'}, ${model.calls} calls, ${model.credits} credits`,
    '',
    ...nextSteps(document, stop, (words) => `langgraph-staging ${words}${where}`),
  ];
  return lines.join('\n');
};

const headline = (document: ReleaseDocument, stop: Standing): string => {
  if (stop.kind === 'waiting') return `waiting for an approver (${stop.question.approvers.join(', ')})`;
  if (stop.kind === 'halted') return `stopped (${document.outcome ?? stop.code})`;
  return document.outcome ?? document.state;
};

const nextSteps = ({ release }: ReleaseDocument, stop: Standing, command: (words: string) => string): string[] => {
  if (stop.kind === 'waiting') {
    const signed = `${release} --as ${stop.question.approvers[0] ?? 'NAME'}`;
    return [
      ...(stop.question.note === '' ? [] : [`  the question is open: ${stop.question.note}`]),
      `  approve: ${command(`approve ${signed}`)}`,
      `  reject:  ${command(`reject ${signed}`)}`,
    ];
  }
  if (stop.kind === 'halted') return [`  then: ${command(`resume ${release}`)}`];
  return [`  why:    ${command(`explain ${release}`)}`, `  report: ${command(`report ${release} --html report.html`)}`];
};

const sign = (outcome: string): string =>
  ['passed', 'off'].includes(outcome) ? '✓' : outcome === 'warning' ? '!' : ['pending', 'inconclusive'].includes(outcome) ? '?' : '✗';
