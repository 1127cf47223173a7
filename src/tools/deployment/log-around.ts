import type { LogLine } from '../../catalog/measurements.js';
import type { EnvironmentName, SlotName } from '../../catalog/tools.js';
import { reason } from '../../catalog/errors.js';
import type { DeploymentPort } from '../ports.js';

const beforeMs = 15_000;
const afterMs = 5_000;
const most = { lines: 80, characters: 1_000 };

/** What the slot printed around a time, as evidence: the lines nearest to it. A log that cannot be read says so in their place. */
export const logAround = async (
  deployment: DeploymentPort,
  { environment, slot, at }: { environment: EnvironmentName; slot: SlotName; at: number },
): Promise<LogLine[]> => {
  try {
    const lines =
      (await deployment.logsBetween?.(environment, slot, at - beforeMs, at + afterMs)) ??
      (await deployment.logs(environment, slot, most.lines)).map((text) => ({ at: null, text }));
    return nearest(lines, at).map((line) => ({ ...line, text: line.text.slice(0, most.characters) }));
  } catch (error) {
    return [{ at: null, text: `(the log could not be read: ${reason(error)})` }];
  }
};

/** Half of them from before the time, if there are so many. */
const nearest = (lines: readonly LogLine[], at: number): LogLine[] => {
  if (lines.length <= most.lines) return [...lines];
  const place = lines.findIndex((line) => (line.at ?? at) >= at);
  const middle = place < 0 ? lines.length : place;
  const from = Math.max(0, Math.min(middle - most.lines / 2, lines.length - most.lines));
  return lines.slice(from, from + most.lines);
};
