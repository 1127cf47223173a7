/** Times are UTC, so that the page says the same wherever it is read. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19);
export const dateTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
export const millis = (ms: number): string => `${ms.toFixed(1)} ms`;
export const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });
export const plain = (name: string): string => name.replaceAll('_', ' ').replaceAll('-', ' ');
export const measured = (value: number | string | null, unit: string): string =>
  value === null ? '–' : typeof value === 'number' ? `${number(value)} ${unit}` : value;

export const span = (ms: number): string => {
  const units: [size: number, name: string][] = [
    [86_400_000, 'days'],
    [3_600_000, 'hours'],
    [60_000, 'minutes'],
  ];
  const [size, name] = units.find(([size]) => ms >= size * 2) ?? [1_000, 'seconds'];
  return `${number(ms / size)} ${name}`;
};
