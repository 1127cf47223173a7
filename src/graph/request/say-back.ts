import type { StagingConfig } from '../../catalog/config.js';
import { titleOf, type ReleaseRequest } from '../../catalog/request.js';
import { formatDuration, plain } from '../../gates/words.js';
import { describeSteps } from '../../rollout/describe-steps.js';
import { withCare } from '../../rollout/with-care.js';
import { inUtc } from './time-phrases.js';

/** A request in one sentence: everything that was taken from a person's words, and nothing else. */
export const sayBack = (request: ReleaseRequest): string => {
  const { features, target, onCulprit, care, conditions = [], notBeforeAt } = request;
  const parts = [
    `${titleOf(request)}${features.length > 0 ? ` with ${features.join(' and ')}` : ''}${ofCompanions(request)} to staging${target === 'production' ? ', then to production if every gate opens' : ' only'}`,
    ...(request.develop !== undefined ? [`a model develops "${plain(request.develop)}"`] : []),
    ...(care?.canary ? [`canary at ${care.canary.weightPercent} % for ${formatDuration(care.canary.pauseMs)} first`] : []),
    ...(care?.soakMs !== undefined ? [`observed for ${formatDuration(care.soakMs)}`] : []),
    ...(notBeforeAt !== undefined ? [`production not before ${inUtc(notBeforeAt)}`] : []),
    ...(conditions.length > 0 ? [`an approver must confirm: ${conditions.map(plain).join('; ')}`] : []),
    ...(onCulprit === 'drop' ? ['a feature that fails is dropped'] : onCulprit === 'stop' ? ['nothing is dropped'] : []),
  ];
  return parts.join('; ');
};

/** Features of the services that go with the first, each by its own. */
const ofCompanions = ({ services = [] }: ReleaseRequest): string =>
  services.flatMap(({ service, features = [] }) => (features.length === 0 ? [] : [`, ${service} with ${features.join(' and ')}`])).join('');

/** What will happen, in order, before anything does. */
export const planOf = (request: ReleaseRequest, configured: StagingConfig): string[] => {
  const { rollout, stability, suites, approvers, gates, maxFixAttempts, service } = withCare(configured, request);
  const { version, services = [], features, target, conditions = [], notBeforeAt } = request;
  const off = Object.keys(gates.off);
  return [
    ...(request.develop === undefined
      ? []
      : [
          `a model develops "${plain(request.develop)}" with a test that fails without it, documentation and a changelog entry; its patch is shown, and goes through every gate`,
        ]),
    `build ${[version, ...services.map((one) => `${one.service} ${one.version}`)].join(', ')}${features.length > 0 ? ` with ${features.join(', ')}` : ''} and start it on the idle slot of staging`,
    `test it: ${[...suites.map(({ name }) => name), 'load', 'security'].join(', ')}; the security, performance and functional gates must open${off.length > 0 ? ` (off: ${off.join(', ')})` : ''}`,
    `staging traffic: ${describeSteps(rollout).join(', ')}; a breach sends it all back${service.stable === undefined ? '' : ` to ${service.stable}`}`,
    `observe it in staging for ${formatDuration(stability.soakMs)}; the stability gate must open`,
    ...(target === 'staging' ? [`it stays in staging: nothing goes to production`] : []),
    ...(target === 'production' && notBeforeAt !== undefined ? [`wait in staging until ${inUtc(notBeforeAt)}`] : []),
    ...(target === 'production'
      ? [
          request.preApprovedBy !== null && conditions.length === 0
            ? `the approval gate is signed beforehand by ${request.preApprovedBy}`
            : `ask an approver (${approvers.join(', ')})${conditions.length > 0 ? `, who by approving confirms: ${conditions.map(plain).join('; ')}` : ''}`,
          `production: the same steps, watched in the same way`,
        ]
      : []),
    `if it fails: back to the version before${maxFixAttempts > 0 ? `, and at most ${maxFixAttempts} more ${maxFixAttempts === 1 ? 'attempt' : 'attempts'}` : ''}`,
  ];
};
