/** The value of a cookie in a request's `cookie` header (RFC 6265, 5.4), or null. */
export const cookieIn = (header: string | undefined, name: string): string | null => {
  if (header === undefined || !header.includes(name)) return null;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
};

/** Not readable by scripts, and not sent along with what other sites ask for in the background. */
export const cookieFor = (name: string, value: string, maxAgeMs: number): string =>
  `${name}=${value}; Path=/; Max-Age=${Math.round(maxAgeMs / 1_000)}; HttpOnly; SameSite=Lax`;
