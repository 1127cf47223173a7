import { parseCanaryConfig } from './canary-config.js';
import { classifyMetric } from './classify-metric.js';
import { judge } from './judge.js';
import { mannWhitney } from './mann-whitney.js';
import { score } from './score.js';

/**
 * Kayenta's judge NetflixACAJudge-v1.0 for teams that come from there: their config, their data, the verdict that they had.
 * Read from github.com/spinnaker/kayenta at a69573b; where its rule is unsound the answer is still its own, with a warning.
 */
export const kayenta = { classifyMetric, mannWhitney, score, parseCanaryConfig, judge };
