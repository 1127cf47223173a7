import { call, suite, type Script } from './authored-script.js';
import { calm } from './calm-release.js';

/** Nobody sends the candidate a request. */
export const noData: Script = {
  'staging-deployment-routine': [
    [
      call('I start the rollout and read what it measures.', ['run_rollout']),
      'The candidate got 0 of the 50 requests that the first step needs, although the step was held for twice its time. No error is not the same as no request: I call this unknown, not healthy. I would look at the routing to the green slot before anything else.',
    ],
  ],
  'rollback-routine': [
    [
      'As expected nothing was searched: no check failed that a feature could be tried on. Neither feature is shown to be bad. What is missing is traffic.',
    ],
  ],
};

/** Monitoring falls silent after the deployment. */
export const monitoringDown: Script = {
  'health-check-routine': [
    ...calm('health-check-routine').slice(0, 1),
    [
      call(
        'The soak should be over. Health and figures together, and the log in case the two disagree.',
        ['check_health'],
        ['query_metrics'],
        ['read_logs', { lines: 20 }],
      ),
      call('The service answers, and yet there is not one sample of the whole soak.', [
        'hold',
        {
          reason:
            'Not one sample was recorded since the deployment, although storefront answers its health check. Does monitoring run? I cannot tell a healthy candidate from an unwatched one.',
        },
      ]),
    ],
    [
      call('I was told to go on. I look again.', ['check_health']),
      'There is still no sample. Answering one health check now says nothing about the hours before.',
    ],
    [call('An hour more.', ['check_health']), 'Still not one sample. This stays unknown.'],
  ],
  'deployment-gate-routine': [
    ['No sample of the live candidate was recorded. I would not open this gate on that, and nobody should read the silence as calm.'],
  ],
  'rollback-routine': noData['rollback-routine'] ?? [],
};

/** The approver says no. */
export const refused: Script = {
  'rollback-routine': [
    [
      'Staging is on v2.1.1 again. Every gate but the approval was open; the refusal is a decision and not a defect of the candidate, so I look for no culprit.',
    ],
  ],
};

/** The approver answers three days later. */
export const late: Script = {
  'production-readiness-routine': [
    ...calm('production-readiness-routine').slice(0, 1),
    [
      call(
        'The answer came three days after the question. What was shown then may not hold any more, so I ask for the way back, for health and for the figures again.',
        ['check_rollback_target'],
        ['check_health'],
        ['query_metrics'],
      ),
      'Three days on, v2.1.1 is still healthy in the blue slot, staging is healthy and no alert fired meanwhile. The artifact has not changed. The answer fits what was shown.',
    ],
  ],
};

/** The active minutes are used up in the middle of the tests; an hour later there are more. */
export const outOfTime: Script = {
  'comprehensive-testing-routine': [
    [
      call(
        'Time is short in this release, so I start everything that is independent at once.',
        suite('api', 'preview'),
        suite('ui', 'preview'),
        suite('regression', 'preview'),
        ['audit_dependencies'],
        ['scan_code'],
        ['scan_http'],
      ),
      'API 84 of 84, UI 67 of 67 and regression 48 of 48; no vulnerability among 310 packages, no finding in the code, the HTTP probes passed. Nothing was left out for lack of time.',
    ],
  ],
};

/** After the migration the stable version no longer answers. */
export const migration: Script = {
  'deployment-planning-routine': [
    [
      call('The plan, with its way back.', ['plan_deployment']),
      call(
        'The plan says that the way back is v2.1.1, and in the same breath that no healthy version is there to go back to. Both cannot be true.',
        [
          'hold',
          {
            reason:
              'The plan names a blocking risk: there is no healthy version to go back to. Is the migration meant to be one-way, and may staging be left without a way back?',
          },
        ],
      ),
    ],
    [
      call('A person has read the risk and lets it go on in staging. I plan again, so that the risk is on record.', ['plan_deployment']),
      'The steps are the usual ones: 10 %, 50 %, all traffic, switch. The risk stands: there is no healthy version to go back to, and it is marked as blocking. What is reversible on paper is not reversible today.',
    ],
  ],
  'production-readiness-routine': [
    [
      call('The one question that matters here first: can we go back? And how is staging?', ['check_rollback_target'], ['check_health']),
      'We cannot go back: v2.1.1 is unhealthy in the blue slot. The candidate itself is healthy in staging. An approver should know that a promotion would have no way back, and I do not expect the gate to open on it.',
    ],
  ],
  'rollback-routine': [['The release is taken back as far as it can be, knowing that v2.1.1 was unhealthy a moment ago.']],
};

/** Something that no check covers: the model asks. */
export const question: Script = {
  'feature-signoff-routine': [
    [
      call('Something is missing before I can give the go-ahead. I look at the changes again.', ['read_changes']),
      call('The request names wishlist and fast-checkout, and the diff shows a file of wishlist only.', [
        'hold',
        {
          reason:
            'The changes list src/wishlist.ts and nothing of fast-checkout. Is fast-checkout meant to be in v2.2.0 behind a flag, or was its branch not finished?',
        },
      ]),
    ],
    ...calm('feature-signoff-routine'),
  ],
};

/** The request comes in German. The first reading holds a version that nobody named. */
export const otherWords: Script = {
  rewording: [
    [
      call('Two readings; I am not sure of the version in the first.', [
        'read_as',
        {
          sentences: [
            'ship storefront v2.3.0 with wishlist and fast-checkout to staging, promote it if it is healthy',
            'ship storefront 2.2.0 with wishlist and fast-checkout to staging, promote it if it is healthy, not before die Tests vom Payments-Team grün sind',
          ],
        },
      ]),
    ],
  ],
};
