import { call, suite, type Script } from './authored-script.js';
import { calm } from './calm-release.js';

/** A second attempt at a candidate whose cause is not in sight: it looks, cannot, and says so instead of guessing. */
const nothingToFix: Script['feature-development-routine'] = [
  ...calm('feature-development-routine'),
  [
    call('The attempt before this one failed. Integrate first, then I look for the cause in the file that changed.', [
      'integrate_features',
    ]),
    call(
      'The diff touches one file. I read it, and search for places that swallow an error, at the same time.',
      ['read_changes'],
      ['read_file', { path: 'src/wishlist.ts' }],
      ['search_files', { text: 'catch' }],
    ),
    call(
      'Both looks into the worktree were refused. Without reading the code any edit would be a guess, so I edit nothing and build what is there.',
      ['build_artifact'],
    ),
    'I did not find the cause: the files of this worktree cannot be read from here. I have edited nothing, so this candidate is the one that failed. Somebody who can read src/wishlist.ts and src/fast-checkout.ts should look before another attempt.',
  ],
];

/** A regression test is red; the fix is on its branch by the second attempt. */
export const redTest: Script = {
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
    ...calm('comprehensive-testing-routine'),
  ],
  'feature-signoff-routine': [
    [
      'A regression test is red on my own change. I do not ask for the candidate to be deployed as it is; the functional gate has the result.',
    ],
    ...calm('feature-signoff-routine'),
  ],
  'rollback-routine': [
    [
      'Neither feature is the culprit: the regression test fails without any of them, so it is the version itself or what it runs on. The branches have moved since, so another attempt is not the same one again.',
    ],
  ],
  'feature-development-routine': [
    ...calm('feature-development-routine'),
    [
      call('The branches have moved since the red test. I integrate what is there now before I think of an edit of my own.', [
        'integrate_features',
      ]),
      call('Merged without a conflict. I read what is different now, and build.', ['read_changes'], ['build_artifact']),
      'The new heads of both branches are integrated and built. I edited nothing myself: whether the regression is gone is for the suite to say.',
    ],
  ],
};

/** Of two features one is bad: it is found by trying each without the other. */
export const oneBadFeature: Script = {
  ...redTest,
  'feature-development-routine': nothingToFix,
  'rollback-routine': [
    [
      'fast-checkout breaks it: the regression suite passes with wishlist alone and fails with fast-checkout alone. A release of wishlist without it would be worth asking for. That is a person’s choice and not mine.',
    ],
    [
      'Nothing was running to be taken back. The branches are where they were, and no edit was made: there is no ground for a third attempt.',
    ],
  ],
};

/** Errors that only real traffic shows. */
export const breach: Script = {
  'staging-deployment-routine': [
    [
      call('The candidate is validated; I start the rollout.', ['run_rollout']),
      call('It came back from its first step. Before I say why, I want the log beside the samples.', ['read_logs', { lines: 20 }]),
      'The rollout went back by itself within its first step at 10 % of the traffic: 3.97 % of the candidate’s requests failed where 2 % is allowed. All traffic is on the stable version. The load test had 6 errors in 12500 requests, so the cause is likely in what only real traffic does; the log does not say.',
    ],
  ],
  'feature-development-routine': nothingToFix,
  'rollback-routine': [
    [
      'The traffic is on v2.1.1. Neither feature is the culprit: the check fails with wishlist alone, with fast-checkout alone, and without either. It is the version itself or what it runs on, and dropping a feature would not help.',
    ],
    ['The second candidate was the first one over again: same commits, nothing edited. It ends here, with v2.1.1 serving.'],
  ],
};

/** Of two services that are released together the second fails for visitors. */
export const secondService: Script = {
  'comprehensive-testing-routine': [
    [
      call(
        'Two services go together, so both are tested as previews: the storefront first, then payments.',
        suite('api', 'preview'),
        suite('regression', 'preview'),
        suite('payments-api', 'preview'),
        suite('payments-regression', 'preview'),
      ),
      'API and regression are green for both services. Each was tested against the other as a preview or as it serves; what they do to each other under real traffic is for the canary to show.',
    ],
  ],
  'staging-deployment-routine': [
    [
      call('Both candidates are validated. One rollout moves both, so there is one to start.', ['run_rollout']),
      call('It came back from its first step, and it was payments. I want both logs beside the samples.', ['read_logs', { lines: 20 }]),
      'Payments v1.4.0 failed about 4 % of its requests at 10 % of the traffic, where 2 % is allowed; the storefront had nothing to be blamed for. All traffic of both is on the versions before. The storefront alone would have gone through, but it was asked for together with payments.',
    ],
  ],
  'rollback-routine': [
    [
      'The traffic of both services is on v2.1.1 and payments v1.3.0. The storefront went back although it had not failed, because it was released for this version of payments. Only a new commit of payments could change the result.',
    ],
  ],
};

/** Of three features the second makes requests fail under traffic; the release goes on without it. */
export const oneBadOfThree: Script = {
  'staging-deployment-routine': [...(breach['staging-deployment-routine'] ?? []), ...calm('staging-deployment-routine')],
  'rollback-routine': [
    [
      'It is gift-wrap: requests fail with wishlist and gift-wrap together and not with wishlist alone. The release without it is the control, and until that has passed I call it a suspect. Nothing else was changed.',
    ],
  ],
  'feature-development-routine': [
    ...calm('feature-development-routine'),
    [
      call('This attempt is without gift-wrap. I integrate the other two first.', ['integrate_features']),
      call('No conflict. What is left in the diff, and the build.', ['read_changes'], ['build_artifact']),
      'wishlist and fast-checkout are integrated and built without gift-wrap. I edited nothing: a fix of gift-wrap belongs into a release of its own.',
    ],
  ],
};

/** The process of the candidate ends in the middle of its rollout. */
export const crash: Script = {
  ...breach,
  'staging-deployment-routine': [
    [
      call('Validated and planned; I start the rollout.', ['run_rollout']),
      call('The candidate’s process ended. Its last words may be in the log.', ['read_logs', { lines: 50 }]),
      'Three minutes into the first step the candidate’s process crashed; with the next sample all traffic was back on v2.1.1, and no request was dropped. The log shows no error before it. A crash without a trace makes me think of memory or of a signal from outside, and I have evidence for neither.',
    ],
  ],
};

/** One health check in ten fails, never two in a row. */
export const flapping: Script = {
  'health-check-routine': [
    ...calm('health-check-routine').slice(0, 1),
    [
      call('The soak is over: health, and the figures beside it.', ['check_health'], ['query_metrics']),
      call('No alert, but the first sample says unhealthy and the ones after it healthy. I want the log of that minute.', [
        'read_logs',
        { lines: 50 },
      ]),
      'No alert fired, because an alert wants two failed health checks in a row. Single ones did fail: the first sample is unhealthy and its neighbours are not. If that repeats, it is a service that flaps, and the share of good answers will show it where the alerts do not.',
    ],
  ],
  'deployment-gate-routine': [
    ['The trend that a threshold on neighbours misses is here: single failed checks all through the soak. The gate counts all of them.'],
  ],
  'rollback-routine': [
    [
      'The candidate answered too few of its health checks over the soak. All traffic is on v2.1.1. The branches are where they were, and the same commits would flap again.',
    ],
  ],
};

/** The candidate fails two hours after everybody has gone home. */
export const alertInTheSoak: Script = {
  'alert-response-routine': [
    [
      call(
        'The traffic is already back. I read health, figures and the last lines of the log together.',
        ['check_health'],
        ['query_metrics'],
        ['read_logs', { lines: 20 }],
      ),
      'The alert is real: the error rate rose after the candidate had run for a while. The log alone does not say why. I would look next at what the candidate does only after two hours.',
    ],
  ],
  'feature-development-routine': nothingToFix,
  'rollback-routine': breach['rollback-routine'] ?? [],
};
