import type { ReleaseRequest } from '../catalog/request.js';

type Companions = { rest: string; services: NonNullable<ReleaseRequest['services']> };

/**
 * The services that a sentence names beside the first ("ship storefront v2.2.0 and payments v1.4.0", "ship storefront and payments
 * v2.2.0"), and the sentence without them; or the one whose version it does not say.
 */
export const companionsIn = (
  text: string,
  first: string,
  names: readonly string[],
  version: RegExp,
): Companions | { versionless: string } => {
  if (names.length === 0) return { rest: text, services: [] };
  const name = (alternatives: readonly string[]): string => `(?<![\\w./-])(?:${alternatives.join('|')})(?![\\w/-])`;
  const list = new RegExp(`(${name([first, ...names])}(?:${joiner}${name([first, ...names])})+)\\s+${version.source}`, 'gi');
  const spelt = text.replace(list, (_, together: string, common: string) =>
    together
      .split(new RegExp(joiner, 'i'))
      .map((one) => `${one} v${common}`)
      .join(' and '),
  );
  let rest = spelt;
  const services: Companions['services'] = [];
  for (const service of names) {
    const mention = new RegExp(`(?:${joiner})?${name([service])}(?:\\s+(?:version\\s+)?${version.source})?`, 'i');
    const found = mention.exec(rest);
    if (found === null) continue;
    if (found[1] === undefined) return { versionless: service };
    services.push({ service, version: `v${found[1].toLowerCase()}` });
    rest = rest.replace(mention, ' ');
  }
  return { rest: services.length === 0 ? rest : rest.replace(danglingWith, ' '), services };
};

/** "with payments v1.4.0 to staging": nothing is left that it could be with. */
const danglingWith = /\bwith\s+(?=(?:to|into|in|on)\b|[,.;]|$)/gi;
const joiner = String.raw`\s*(?:,\s*and\b|,|&|\+|\band\b)\s*`;
