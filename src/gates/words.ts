const units = [
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
] as const;

/** Milliseconds as people say them, exactly: `250 ms`, `20 s`, `1 min 30 s`, `24 h`. */
export const formatDuration = (ms: number): string => {
  if (ms > 0 && ms < 1_000) return `${formatNumber(ms)} ms`;
  const parts: string[] = [];
  let rest = ms;
  for (const { unit, ms: size } of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  if (rest > 0 || parts.length === 0) parts.push(`${formatNumber(rest / 1_000)} s`);
  return parts.join(' ');
};

/** Six significant digits and no trailing zeros, so that a value beside its limit does not round to it. */
export const formatNumber = (value: number): string => String(Math.abs(value) >= 1e6 ? Math.round(value) : Number(value.toPrecision(6)));

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export const formatBytes = (bytes: number): string => {
  const power = bytes === 0 ? 0 : Math.min(byteUnits.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(bytes)) / 10)));
  return `${formatNumber(Number((bytes / 1_024 ** power).toPrecision(4)))} ${byteUnits[power] ?? 'B'}`;
};

export const formatPercent = (fraction: number): string => `${formatNumber(fraction * 100)} %`;

/** `1 test`, `2 tests`, `3 vulnerabilities`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${formatNumber(count)} ${count === 1 ? one : many}`;

/** Text from outside, made harmless for a sentence of ours: no control or bidirectional characters, one line, at most 160 characters. */
export const plain = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length > 160 ? `${characters.slice(0, 159).join('')}…` : line;
};

/** The first three by name, the others by number. */
export const named = (items: readonly string[]): string => {
  const rest = items.length - 3;
  return [...items.slice(0, 3).map(plain), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
};

export const sayWeight = ({ environment, weight, reason }: { environment: string; weight: number; reason: string }): string =>
  `${environment}: ${weight} % to the candidate (${reason})`;
