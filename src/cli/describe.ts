import { describeCulprit } from '../desk/culprits.js';
import { describePlan } from '../desk/describe-plan.js';
import type { ReleaseDocument } from '../desk/document.js';
import type { ApprovalQuestion } from '../graph/approval-question.js';

/** Where a release was left. */
export type Standing =
  { kind: 'ended' | 'asleep' } | { kind: 'waiting'; question: ApprovalQuestion } | { kind: 'halted'; code: string; reason: string };

/** A release in a few lines for people: outcome, gates, criteria, and what to do next. */
export const describeRelease = (document: ReleaseDocument, stop: Standing): string => {
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
    ...nextSteps(document, stop),
  ];
  return lines.join('\n');
};

const headline = (document: ReleaseDocument, stop: Standing): string => {
  if (stop.kind === 'waiting') return `waiting for an approver (${stop.question.approvers.join(', ')})`;
  if (stop.kind === 'halted') return `stopped (${document.outcome ?? stop.code})`;
  return document.outcome ?? document.state;
};

const nextSteps = ({ release }: ReleaseDocument, stop: Standing): string[] => {
  if (stop.kind === 'waiting')
    return [
      ...(stop.question.note === '' ? [] : [`  the question is open: ${stop.question.note}`]),
      `  approve: langgraph-staging approve ${release} --as ${stop.question.approvers[0] ?? 'NAME'}`,
      `  reject:  langgraph-staging reject ${release} --as ${stop.question.approvers[0] ?? 'NAME'}`,
    ];
  if (stop.kind === 'halted') return [`  then: langgraph-staging resume ${release}`];
  return [`  why:    langgraph-staging explain ${release}`, `  report: langgraph-staging report ${release} --html report.html`];
};

const sign = (outcome: string): string =>
  ['passed', 'off'].includes(outcome) ? '✓' : outcome === 'warning' ? '!' : ['pending', 'inconclusive'].includes(outcome) ? '?' : '✗';
