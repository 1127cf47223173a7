import type { ScenarioInput } from '../../src/scenario/public.js';
import { call, type Script } from './authored-script.js';

const develop = 'a line in the cart that says how much is missing for free shipping';

/** No branch holds the feature: the request describes it, and what the model writes goes through every gate like any other change. */
export const describedFeature: ScenarioInput = {
  name: 'described-feature',
  summary: 'The request only describes a feature; it is developed with a test, documentation and a changelog entry, and promoted.',
  request: { version: 'v2.2.0', features: [], develop },
  world: {
    files: {
      'src/cart.ts':
        'export const freeFrom = 50;\nexport const total = (prices: readonly number[]) => prices.reduce((sum, price) => sum + price, 0);\n',
      'test/cart.test.ts': "import { total } from '../src/cart.js';\ntest('adds up', () => expect(total([20, 5])).toBe(25));\n",
      'docs/cart.md': '# The cart\n\nIt shows the total.\n',
      'CHANGELOG.md': '# Changes\n',
    },
  },
  decisions: [{ on: 'approval' }],
  expect: { outcome: 'promoted', attempts: 1, serves: { staging: 'v2.2.0', production: 'v2.2.0' } },
};

const edit = (path: string, replace: string, find = ''): [string, Record<string, unknown>] => ['edit_file', { path, find, replace }];

export const developer: Script = {
  'feature-development-routine': [
    [
      call('There is no branch to merge, only a sentence. I integrate the version first, so that there is a worktree to work in.', [
        'integrate_features',
      ]),
      call(
        'Where is the cart, and does anything there know of shipping?',
        ['search_files', { text: 'freeFrom' }],
        ['read_file', { path: 'src/cart.ts' }],
      ),
      call(
        'The limit is there already and nobody uses it. I add one small function beside it, and a test of the edge: exactly at the limit nothing is missing.',
        edit(
          'src/cart.ts',
          'export const freeFrom = 50;\n\n/** What is missing for free shipping; 0 from the limit on. */\nexport const missingForFree = (sum: number) => Math.max(0, freeFrom - sum);',
          'export const freeFrom = 50;',
        ),
        edit(
          'test/free-shipping.test.ts',
          "import { missingForFree } from '../src/cart.js';\ntest('nothing is missing at the limit, and 5 below it', () => expect([50, 45].map(missingForFree)).toEqual([0, 5]));\n",
        ),
      ),
      call('I ask what a reviewer would still miss before I call anything done.', ['run_tests', { suite: 'unit' }], ['check_development']),
      call(
        'The test counts: it fails without the change. Documentation and a changelog entry are missing, as it says.',
        edit('docs/cart.md', 'It shows the total, and below 50 what is missing for free shipping.', 'It shows the total.'),
        edit('CHANGELOG.md', '# Changes\n\n- The cart says what is missing for free shipping.', '# Changes'),
      ),
      call('Now the same question again, on what stands there now.', ['check_development']),
      call('Nothing is missing. I build it.', ['build_artifact']),
      'The feature that the request describes is in src/cart.ts: one function, one test that fails without it, a sentence in docs/cart.md and a line in CHANGELOG.md. It is my own work and has been read by nobody yet; the gates and whoever approves should look at it as at any other change.',
    ],
  ],
  'feature-signoff-routine': [
    [
      call('It is my own change, so I read it once more as a stranger would.', ['read_changes']),
      'Every suite is green with one test more than before. What was asked for is a line in the cart; whether it stands in the right place of the page no suite says, and whoever approves should look.',
    ],
  ],
  'production-readiness-routine': [
    [
      call('Can we still go back, and how is staging now?', ['check_rollback_target'], ['check_health']),
      'v2.2.0 brings one feature, which a model has written from a sentence; the patch stands in the report with its author. v2.1.1 is healthy in the blue slot, so the way back is open. The approval is for a person to give.',
    ],
    [
      call('An answer has come; I ask both questions again.', ['check_rollback_target'], ['check_health']),
      'v2.1.1 is still healthy in the blue slot, and staging is as it was when the question was asked.',
    ],
  ],
};
