import { call, suite, type Script } from './authored-script.js';

/**
 * Written by hand, as a careful language model would answer these prompts: it reasons in words, makes several calls at once, takes a wrong
 * turn and corrects it. Nothing goes wrong in this release; what goes wrong is told in bad-candidates.ts and open-questions.ts.
 */
export const calmRelease: Script = {
  'environment-setup-routine': [
    [
      call('Before anything is provisioned I want to see what the plan asks for against the quota.', ['plan_environment']),
      'The plan keeps v2.1.1 as the stable version and stays inside the quota of 6 cores and 18 GB. It names one service, storefront. I would look next at whether staging comes up with the stable version alone.',
    ],
  ],
  'infrastructure-provisioning-routine': [
    [
      call('The plan is recorded, so the environment can be brought up with the stable version.', ['provision_environment']),
      'Staging is ready: the blue slot serves v2.1.1, the green one is empty, and no traffic goes to a candidate. The one service is healthy. Nothing worries me here.',
    ],
  ],
  'monitoring-setup-routine': [
    [
      call('Both slots need to be watched before a candidate exists, otherwise the first minutes are missing.', ['configure_monitoring']),
      'Both slots are sampled once a minute. Four alerts are armed: a crash, two failed health checks in a row, an error rate above 2 % and a P95 above 1000 ms. A rule on the average latency is not among them; the performance gate judges that from the load test.',
    ],
  ],
  'feature-development-routine': [
    [
      call('I would like to know that the tests are green before I integrate, so I run the unit suite first.', suite('unit', 'artifact')),
      call(
        'That tool is not part of this routine, and rightly so: there is no artifact to test yet. The order is integrate, then look at what changed, then build.',
        ['integrate_features'],
      ),
      call(
        'No conflicts between wishlist and fast-checkout. I read the changes and build in one go, since neither depends on the other.',
        ['read_changes'],
        ['build_artifact'],
      ),
      'Both features merged without a conflict and the artifact was built. The diff is small: 120 lines added, 8 removed. I have not seen a test run yet, and say nothing about quality.',
    ],
  ],
  'integration-testing-routine': [
    [
      call('Unit and integration tests do not touch each other; I run both.', suite('unit', 'artifact'), suite('integration', 'artifact')),
      'All 220 unit tests and all 156 integration tests passed, none were skipped. They ran on the artifact, not on a deployed preview.',
    ],
  ],
  'environment-sync-routine': [
    [
      call('Data first, then the preview on the idle slot.', ['deploy_preview']),
      'The preview of v2.2.0 answers on the green slot and takes no traffic. It started in 800 ms.',
    ],
  ],
  'comprehensive-testing-routine': [
    [
      call(
        'The preview is up. The three suites and the three scans are independent, so I start all six.',
        suite('api', 'preview'),
        suite('ui', 'preview'),
        suite('regression', 'preview'),
        ['audit_dependencies'],
        ['scan_code'],
        ['scan_http'],
      ),
      'API 84 of 84, UI 67 of 67, regression 48 of 48. The dependency audit looked at 310 packages and lists no vulnerability; the code scan has no finding and the HTTP probes passed. What I have not seen is behaviour under load.',
    ],
  ],
  'performance-testing-routine': [
    [
      call('Functional results are in; now the load on the preview.', ['run_load']),
      'Average 145 ms, P95 about 291 ms, P99 about 409 ms over 12500 requests with 6 errors. The average is inside its target of 200 ms. The P99 is nearly three times the average, which I would watch in the canary.',
    ],
  ],
  'feature-signoff-routine': [
    [
      call('Before I give the go-ahead I look once more at what actually changed.', ['read_changes']),
      'The changed file is the one that wishlist should touch, and every suite that ran on it is green. As the developer I see no reason to hold.',
    ],
  ],
  'deployment-planning-routine': [
    [
      call('I want the steps and the way back on record before anybody validates.', ['plan_deployment']),
      'A canary: 10 % for ten minutes, 50 % for ten, then all traffic watched for ten more, then the switch. Every step can be undone, and the way back is v2.1.1 in the blue slot, which keeps running. The plan names no risk.',
    ],
  ],
  'deployment-validation-routine': [
    [
      'The evidence for security, performance and functional behaviour is all from this attempt. The check I would look at twice is the tail of the load test, which no target covers. The verdicts are computed from the evidence; I have nothing to add that would make them stricter.',
    ],
  ],
  'staging-deployment-routine': [
    [
      call('The candidate is validated. The rollout decides by itself when to go back, so I start it and read what it reports.', [
        'run_rollout',
      ]),
      'The rollout went through its steps and the green slot is now the active one. No breach was reported and no request was dropped.',
    ],
  ],
  'smoke-testing-routine': [
    [
      call(
        'The live address now serves the candidate: smoke and regression against it.',
        suite('regression', 'live'),
        suite('smoke', 'live'),
      ),
      'Regression 48 of 48 and smoke 12 of 12 against the live address. This is the first result on the address that users have.',
    ],
  ],
  'performance-monitoring-routine': [
    [
      call('I read what was measured of the live slot since the switch.', ['query_metrics']),
      'Only seconds have passed since the switch and there are no requests in the window yet. That is no evidence either way; the soak will bring it.',
    ],
  ],
  'health-check-routine': [
    [
      call('Health since the deployment.', ['check_health']),
      'The service answers its health check and there are no alerts, but there are no samples yet. I do not call that healthy time.',
    ],
    [
      call('The soak is over. I read the health again, and the figures beside it.', ['check_health'], ['query_metrics']),
      'The samples from the first minute to the last are healthy and without a restart, and no alert fired. Memory ends where it began. I see only a part of them; the stability gate judges all.',
    ],
  ],
  'deployment-gate-routine': [
    ['The stability gate is computed from the samples of the soak. I see nothing in them that the gate does not already judge.'],
  ],
  'production-readiness-routine': [
    [
      call(
        'Two things I want to know before anybody is asked: can we still go back, and how is staging now?',
        ['check_rollback_target'],
        ['check_health'],
      ),
      'v2.2.0 brings wishlist and fast-checkout. v2.1.1 is healthy in the blue slot, so the way back is open, and staging is healthy with no alert. The rest of the checklist is recorded evidence. The approval is for a person to give.',
    ],
    [
      call(
        'An answer has come. What was shown may be old by now, so I ask both questions again.',
        ['check_rollback_target'],
        ['check_health'],
      ),
      'v2.1.1 is still healthy in the blue slot and staging is as it was when the question was asked. The answer stands on what is true now.',
    ],
  ],
  'production-promotion-routine': [
    [
      'The artifact that was validated is the one that is promoted; its digest has not changed since the build. The rollout in production watches itself.',
    ],
  ],
  'rollback-routine': [
    [
      'All traffic of staging is on v2.1.1 in the blue slot. The branches point where they did when this candidate was built, so only new commits could change the result.',
    ],
  ],
};

/** What the calm release says in a routine, for a script that begins or ends with it. */
export const calm = (routine: keyof Script): NonNullable<Script[keyof Script]> => calmRelease[routine] ?? [];
