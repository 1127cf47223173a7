import type { ReleaseRequest } from '../catalog/request.js';

type Companions = { rest: string; services: NonNullable<ReleaseRequest['services']> };

/**
 * The services that a sentence names beside the first ("ship storefront v2.2.0 and payments v1.4.0 with refunds", "ship storefront and
 * payments v2.2.0"), each with its own features, and the sentence without them; or the one whose version it does not say.
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
  const spelt = text.replace(list, (_, together: string, common: string) => {
    const named = together.split(new RegExp(joiner, 'i'));
    const inOrder = [...named.filter((one) => one.toLowerCase() !== first), ...named.filter((one) => one.toLowerCase() === first)];
    return inOrder.map((one) => `${one} v${common}`).join(' and '); // features after them all are those of the first
  });
  const feature = String.raw`(?!(?:${[first, ...names].join('|')})(?![\w/-])|(?:${noFeature})\b)[a-z0-9][\w/-]*`;
  const own = String.raw`(?:\s+(?:with|including)\s+(?:the\s+)?(?:features?\s+)?(?<own>${feature}(?:${joiner}(?:the\s+)?${feature})*)(?:\s+features?\b)?)?`;
  let rest = spelt;
  const services: Companions['services'] = [];
  for (const service of names) {
    const mention = new RegExp(`(?:${joiner})?${name([service])}(?:\\s+(?:version\\s+)?${version.source}${own})?`, 'i');
    const found = mention.exec(rest);
    if (found === null) continue;
    if (found[1] === undefined) return { versionless: service };
    const features = found.groups?.['own']?.split(new RegExp(`${joiner}(?:the\\s+)?`, 'i')) ?? [];
    services.push({ service, version: `v${found[1].toLowerCase()}`, ...(features.length > 0 && { features }) });
    rest = rest.replace(mention, ' ');
  }
  return { rest: services.length === 0 ? rest : rest.replace(danglingWith, ' '), services };
};

/** What may follow "with" or "and" and begins something else. */
const noFeature =
  'and|or|with|without|to|into|in|on|if|when|then|only|but|promote|ship|deploy|release|push|bring|put|take|care|it|them|all|no|a|an|the|not|drop';

/** "with payments v1.4.0 to staging": nothing is left that it could be with. */
const danglingWith = /\bwith\s+(?=(?:to|into|in|on)\b|[,.;]|$)/gi;
const joiner = String.raw`\s*(?:,\s*and\b|,|&|\+|\band\b)\s*`;
