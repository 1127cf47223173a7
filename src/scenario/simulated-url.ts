import type { EnvironmentName, SlotName } from '../catalog/tools.js';

type Place = { environment: EnvironmentName; slot?: SlotName | undefined; service?: string | undefined };

/** Where something of the simulated world answers: `simulated://staging/green`, and beside the first service `simulated://payments@staging/green`. */
export const simulatedUrl = ({ environment, slot, service }: Place): string =>
  `simulated://${service === undefined ? '' : `${service}@`}${environment}${slot === undefined ? '' : `/${slot}`}`;

/** The place that one of our own addresses names. */
export const placeOf = (url: string): Place => {
  const [host = '', slot] = url.replace('simulated://', '').split('/');
  const [environment, service] = host.split('@').reverse();
  return { environment, slot, service } as Place; // written by `simulatedUrl`
};
