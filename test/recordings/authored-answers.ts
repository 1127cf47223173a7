import { routineNames, routines, type RoutineName } from '../../src/catalog/routines.js';
import type { Answer, Answerer } from './model-endpoint.js';

type Turns = (Answer | string)[];
type Script = Partial<Record<RoutineName, Turns[]>>;

const call = (says: string, ...calls: [name: string, args?: Record<string, unknown>][]): Answer => ({
  says,
  calls: calls.map(([name, args = {}]) => ({ name, args })),
});
const suite = (name: string, target: string): [string, Record<string, unknown>] => ['run_suite', { suite: name, target }];

/**
 * Written by hand, as a careful language model would answer these prompts: it reasons in words, makes several calls at once, takes a wrong
 * turn and corrects it. Per routine, what it says each time that the routine is run; the last time stands for all later ones.
 */
const calmRelease: Script = {
  'environment-setup-routine': [
    [
      call('Before anything is provisioned I want to see what the plan asks for against the quota.', ['plan_environment']),
      'The plan keeps v2.1.1 as the stable version and stays inside the quota of 6 cores and 18 GB. Nothing in the request calls for more than one service. I would look next at whether staging comes up with the stable version alone.',
    ],
  ],
  'infrastructure-provisioning-routine': [
    [
      call('The plan is recorded, so the environment can be brought up with the stable version.', ['provision_environment']),
      'Staging is ready: the blue slot serves v2.1.1 and no traffic goes to a candidate. I saw no service that was unhealthy. Nothing worries me here.',
    ],
  ],
  'monitoring-setup-routine': [
    [
      call('Both slots need to be watched before a candidate exists, otherwise the first minutes are missing.', ['configure_monitoring']),
      'Both slots are sampled once a minute and the error-rate alert is armed at 2 %. There is no alert on latency; the gates judge it from the load test instead.',
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
      'Average 145 ms, P95 about 280 ms, P99 about 450 ms over 12500 requests with 6 errors. The average is inside its target of 200 ms. The tail is three times the average, which I would watch in the canary.',
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
      call('A canary fits: there is no migration and the way back is a weight change.', ['plan_deployment']),
      'A canary of 10 % for ten minutes, then all traffic watched for ten more, then the switch. The way back is v2.1.1 in the blue slot, which keeps running.',
    ],
  ],
  'deployment-validation-routine': [
    [
      'The evidence for security, performance and functional behaviour is all from this attempt. The verdicts are computed from it; I have nothing to add that would make them stricter.',
    ],
  ],
  'staging-deployment-routine': [
    [
      call('The candidate is validated. The rollout decides by itself when to go back, so I start it and read what it reports.', [
        'run_rollout',
      ]),
      'The rollout went through both steps and the green slot is now the active one. No breach was reported.',
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
      call('A day has passed. I read the health again, and the figures beside it.', ['check_health'], ['query_metrics']),
      'Samples cover the whole soak, with no restart and no alert. Memory is flat as far as the samples show. The stability gate has what it needs.',
    ],
  ],
  'deployment-gate-routine': [
    ['The stability gate is computed from the samples of the soak. I see nothing in them that the gate does not already judge.'],
  ],
  'production-readiness-routine': [
    [
      call('The one thing I want to know before anybody is asked: can we still go back?', ['check_rollback_target']),
      'v2.1.1 is healthy in the blue slot, so the way back is open. The rest of the checklist is recorded evidence. The approval is for a person to give.',
    ],
  ],
  'production-promotion-routine': [
    [
      'The artifact that was validated is the one that is promoted; its digest has not changed since the build. The rollout in production watches itself.',
    ],
  ],
  'rollback-routine': [
    [
      call(
        'Traffic first; reasons later. I also read where the branches point now, because the same commits would only fail again.',
        ['roll_back'],
        ['read_source_heads'],
      ),
      'All traffic is on v2.1.1. Whether another attempt makes sense depends on the branches: only new commits can change the result.',
    ],
  ],
  'alert-response-routine': [
    [
      call(
        'The traffic is already back. I read health, figures and the last lines of the log together.',
        ['check_health'],
        ['query_metrics'],
        ['read_logs', { lines: 20 }],
      ),
      'The alert is real: the error rate rose after the candidate had run for a while. The log alone does not say why. I would look next at what the candidate does only after an hour.',
    ],
  ],
};

const redTest: Script = {
  'comprehensive-testing-routine': [
    [
      call(
        'All suites and scans against the preview.',
        suite('api', 'preview'),
        suite('ui', 'preview'),
        suite('regression', 'preview'),
        ['audit_dependencies'],
        ['scan_code'],
        ['scan_http'],
      ),
      call(
        'One regression test is red: "simulated regression". I do not explain it away; I look at what changed and at the log.',
        ['read_changes'],
        ['read_logs', { lines: 20 }],
      ),
      'Regression is 47 of 48: "simulated regression" failed with "simulated failure". API and UI are green and the scans are clean. The change touches src/wishlist.ts, which is where I would look first. This is not green.',
    ],
    ...(calmRelease['comprehensive-testing-routine'] ?? []),
  ],
  'feature-signoff-routine': [
    [
      'A regression test is red on my own change. I do not ask for the candidate to be deployed as it is; the functional gate has the result.',
    ],
    ...(calmRelease['feature-signoff-routine'] ?? []),
  ],
};

const breach: Script = {
  'staging-deployment-routine': [
    [
      call('The candidate is validated; I start the rollout.', ['run_rollout']),
      'The rollout went back by itself in its first step: 10 % of the requests of the candidate failed where 2 % is allowed. All traffic is on the stable version. None of the earlier tests had shown this, so the cause is likely in what only real traffic does.',
    ],
  ],
};

const question: Script = {
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
  ],
};

/** The stories that these answers tell; what one leaves open, the calm release says. */
export const authoredScripts = { calmRelease, redTest, breach, question } satisfies Record<string, Script>;
export type AuthoredScript = keyof typeof authoredScripts;

export const authoredAnswers = (name: AuthoredScript): Answerer => {
  const runs = new Map<RoutineName, number>();
  return ({ messages }) => {
    const system = messages[0]?.content ?? '';
    const routine = routineNames.find((one) => system.includes(`## Task\n${routines[one].does}`));
    if (!routine) throw new Error('No routine is named in this prompt.');
    const turn = messages.filter(({ role }) => role === 'assistant').length;
    if (turn === 0) runs.set(routine, (runs.get(routine) ?? 0) + 1);
    const script: Script = authoredScripts[name];
    const visits = script[routine] ?? calmRelease[routine] ?? [];
    const answer = visits[Math.min(runs.get(routine) ?? 1, visits.length) - 1]?.[turn];
    if (answer === undefined) throw new Error(`Nothing was written for turn ${turn + 1} of ${routine}.`);
    return typeof answer === 'string' ? { says: answer, calls: [] } : answer;
  };
};
