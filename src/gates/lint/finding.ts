/** What a policy with each flaw never does, and what to do about it. */
export const flaws = {
  APPROVERS_MISSING: { never: 'pass', remedy: 'Name who may approve.' },
  QUORUM_UNREACHABLE: { never: 'pass', remedy: 'Name as many approvers as must say yes, or ask for fewer.' },
  OBJECTIVES_MISSING: { never: 'pass', remedy: 'Write at least one objective.' },
  SCORE_MISSING: { never: 'pass', remedy: 'Say which score passes.' },
  SCORE_UNREACHABLE: { never: 'pass', remedy: 'Lower the score that passes, or give weight to what is judged.' },
  SCORE_ALWAYS_REACHED: { never: 'fail', remedy: 'Raise the score that passes above 0.' },
  WARNING_UNREACHABLE: { never: 'be judged', remedy: 'Put the score that warns below the one that passes.' },
  CRITERION_INVALID: { never: 'pass', remedy: 'Write a criterion such as <500, >=99.5 or <=+10%.' },
  CRITERIA_CONTRADICT: { never: 'pass', remedy: 'Correct the bounds: no value lies within both.' },
  CRITERIA_EMPTY: { never: 'fail', remedy: 'Write a criterion, or take the empty list out.' },
  NOTHING_JUDGED: { never: 'fail', remedy: 'Give at least one objective, metric or step a rule that can fail.' },
  OBJECTIVE_NEVER_FAILS: { never: 'fail', remedy: 'Give the objective a criterion that a bad value breaks.' },
  KEY_WITHOUT_WEIGHT: { never: 'pass', remedy: 'Give the key objective a weight: without one its score is 0, which counts as failed.' },
  INDICATOR_USED_TWICE: { never: 'pass', remedy: 'Judge each indicator in one objective.' },
  RELATIVE_WITHOUT_BASELINE: {
    never: 'fail',
    remedy: 'Add a fixed limit, so that the first release and one without history are judged too.',
  },
  BASELINE_OF_FAILURES: { never: 'fail', remedy: 'Compare with releases that passed: otherwise each bad one makes room for a worse one.' },
  AGGREGATE_UNKNOWN: { never: 'pass', remedy: 'Use avg, p50, p90 or p95.' },
  GROUP_WEIGHT_ZERO: { never: 'fail', remedy: 'Give the group a weight, or take its metrics out.' },
  METRIC_WITHOUT_GROUP: { never: 'be judged', remedy: 'Put the metric into a group that has a weight.' },
  FAILURE_LIMIT_UNREACHABLE: { never: 'fail', remedy: 'Allow fewer failures than there are measurements.' },
  INCONCLUSIVE_LIMIT_UNREACHABLE: { never: 'fail', remedy: 'Allow fewer inconclusive measurements than there are measurements.' },
  CONDITION_MISSING: { never: 'fail', remedy: 'Write a successCondition or a failureCondition.' },
  CONDITION_CONSTANT: { never: 'be judged', remedy: 'Make the condition depend on result.' },
  CONDITION_INVALID: { never: 'be judged', remedy: 'Correct the condition: every measurement would be an Error.' },
  TEMPLATE_INVALID: { never: 'be judged', remedy: 'Correct the template: Argo refuses it before it measures anything.' },
  TEMPLATE_MISSING: { never: 'be judged', remedy: 'Add the template, or correct the name.' },
  ANALYSIS_ENDLESS: { never: 'pass', remedy: 'Give the metric a count, or run the analysis in the background.' },
  ANALYSIS_NEVER_STARTS: { never: 'be judged', remedy: 'Start the analysis at a step that exists.' },
  SOAK_TOO_SHORT: { never: 'be judged', remedy: 'Hold longer than the analysis takes.' },
  CANARY_BELOW_ONE: { never: 'be judged', remedy: 'Raise the weight or the replicas, or split the traffic by a router.' },
  CANARY_WITHOUT_TRAFFIC: { never: 'be judged', remedy: 'Give the candidate a weight above 0 for a while.' },
  TOO_FEW_REQUESTS: { never: 'be judged', remedy: 'Hold the step longer, raise its weight, or ask for fewer requests.' },
  TARGET_WITHOUT_BUDGET: { never: 'pass', remedy: 'Leave a budget: one bad event breaks a target of 100 %.' },
  TARGET_ALWAYS_MET: { never: 'fail', remedy: 'Raise the target above 0 %.' },
  WINDOW_MISSING: { never: 'be judged', remedy: 'Write one timeWindow.' },
  TOO_FEW_SLICES: { never: 'be judged', remedy: 'Lengthen the window or shorten its slices.' },
  SUITE_MISSING: { never: 'pass', remedy: 'Declare the suite, or switch its check off with a reason (gates.off).' },
  INSTRUMENT_MISSING: { never: 'pass', remedy: 'Configure the instrument, or switch its check off with a reason (gates.off).' },
  GATE_OFF: { never: 'fail', remedy: 'Switch at least one check of the gate on.' },
  THRESHOLD_UNREACHABLE: { never: 'fail', remedy: 'Choose a limit that a bad candidate exceeds.' },
  BREACH_UNREACHABLE: { never: 'roll back', remedy: 'Choose limits that the traffic of the step can exceed.' },
  WATCH_MISSING: { never: 'roll back', remedy: 'Watch the candidate at full traffic (rollout.watchMs).' },
  REQUIRED_TOOL_DENIED: { never: 'pass', remedy: 'Take the row out of toolPolicy.deny, or let it hold for models only (by: model).' },
  ROLLBACK_UNCHECKED: { never: 'roll back', remedy: 'Switch the check rollback_plan on.' },
  ROLLBACK_TARGET_MISSING: { never: 'roll back', remedy: 'Name a version that exists, or keep at least one revision.' },
} as const satisfies Record<string, { never: 'fail' | 'pass' | 'be judged' | 'roll back'; remedy: string }>;

export type FlawCode = keyof typeof flaws;

/** A flaw that a rule found; `path` leads to it from the root of its document. */
export type Found = { code: FlawCode; path: string; message: string };

/** What `lint` says of a flaw: what the policy never does because of it, and what to do. */
export type Finding = Found & { never: (typeof flaws)[FlawCode]['never']; remedy: string };

/** One finding where the condition holds, none otherwise. */
export const foundIf = (broken: boolean, code: FlawCode, path: string, message: string): Found[] =>
  broken ? [{ code, path, message }] : [];
