const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Outside text in HTML: shown, never run. */
export const escape = (text: unknown): string => String(text).replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);
