import type { StagingConfig } from '../catalog/config.js';
import type { Check } from '../catalog/fields.js';
import type { CheckName, CheckOutcome } from '../catalog/gates.js';
import type { Evidence } from '../catalog/tools.js';
import { plain } from './words.js';

/** The part of the configuration that verdicts depend on. */
export type GateConfig = Pick<
  StagingConfig,
  'suites' | 'performanceTargets' | 'gates' | 'stability' | 'approvers' | 'approval' | 'waivers' | 'limits'
>;

/** Whether the traffic has not been switched yet, or has. */
export type Stage = 'validation' | 'readiness';

/** Who approved what, by the digest of what was asked. */
export type Approval = { by: string; at: number; preSigned: boolean; digest: string };

/** What a check may look at; `evidence` is of one attempt. */
export type CheckInput = {
  check: CheckName;
  config: GateConfig;
  evidence: readonly Evidence[];
  stage: Stage;
  approvals: readonly Approval[];
  requestedBy: string | null;
  at: number;
};

/** What a check found; a `value` that is left out was not measured. */
export type Judgement = {
  outcome: Exclude<CheckOutcome, 'off'>;
  reason: string;
  value?: NonNullable<Check['value']>;
  margin?: number;
  evidence?: readonly string[];
};

/** One check: the unit of its value, its target in words, and the pure function that judges. */
export type CheckRow = { unit: string; target: (config: GateConfig) => string; judge: (input: CheckInput) => Judgement };

/** How to do without a check: the way out that every "nobody configured this" names. */
export const switchOff = (check: CheckName): string => `switch the check off with a reason (gates.off.${check})`;

export type Instrument = { noun: string; configure: string };
type Reading = { digest: string; data: { status: 'completed' | 'errored' | 'not_configured' | 'not_run'; reason: string } };

/** What an instrument that gave no measurement means: it broke (`errored`), or there is nothing to judge (`inconclusive`). */
export const notMeasured = (check: CheckName, reading: Reading | null, { noun, configure }: Instrument): Judgement => {
  if (reading === null) return { outcome: 'inconclusive', reason: `no ${noun} was recorded; run it, or ${switchOff(check)}` };
  const why = plain(reading.data.reason) || 'no reason was given';
  const evidence = [reading.digest];
  switch (reading.data.status) {
    case 'errored':
      return { outcome: 'errored', reason: `the ${noun} broke: ${why}; repair it and run it again`, evidence };
    case 'not_configured':
      return { outcome: 'inconclusive', reason: `the ${noun} is not configured: ${why}; ${configure}, or ${switchOff(check)}`, evidence };
    case 'not_run':
      return { outcome: 'inconclusive', reason: `the ${noun} was not run: ${why}; make it run, or ${switchOff(check)}`, evidence };
    case 'completed':
      return { outcome: 'inconclusive', reason: `the ${noun} measured nothing; ${configure}, or ${switchOff(check)}`, evidence };
  }
};
