/**
 * Shapes that providers give their keys; a text without any of the `marks` has none of that shape, which is seen much faster. Sources:
 * GitHub secret scanning's public list of patterns, and the providers' documentation.
 */
export const secretShapes: readonly { what: string; marks: readonly string[]; pattern: RegExp }[] = [
  { what: 'an OpenAI or Anthropic key', marks: ['sk-'], pattern: /\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}/g },
  {
    what: 'a GitHub token',
    marks: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/g,
  },
  { what: 'a GitLab token', marks: ['glpat-'], pattern: /\bglpat-[A-Za-z0-9_-]{18,}/g },
  { what: 'an AWS access key', marks: ['AKIA', 'ASIA'], pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: 'a Google API key', marks: ['AIza'], pattern: /\bAIza[A-Za-z0-9_-]{30,}/g },
  { what: 'a Slack token', marks: ['xox'], pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { what: 'an npm token', marks: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { what: 'a Hugging Face token', marks: ['hf_'], pattern: /\bhf_[A-Za-z0-9]{30,}/g },
  { what: 'a Stripe key', marks: ['k_live_', 'k_test_'], pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { what: 'a signed token (JWT)', marks: ['eyJ'], pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  {
    what: 'a private key',
    marks: ['-----BEGIN'],
    pattern: /-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----(?:[\s\S]*?-----END (?:[A-Z]+ ){0,4}PRIVATE KEY-----|[\s\S]*)/g,
  },
  {
    what: 'an Authorization header',
    marks: ['earer', 'EARER', 'asic', 'ASIC'],
    pattern: /(?<=\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,4})(?=[^\s"']*[0-9+/=])[A-Za-z0-9._~+/-]{16,}=*/g,
  },
  { what: 'credentials in an address', marks: ['@'], pattern: /(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,200}:)[^\s/@[]{3,200}(?=@)/gi },
];

/** What a header, a variable or a parameter of this name holds is a secret. */
export const secretName =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x?-?api[-_]?key|key|password|passwd|secret|client[-_]?secret|(?:access|refresh|id|auth)[-_]?token|token|sig|signature)$/i;

/** Narrower: in a document "key" and "token" are ordinary words. */
export const alwaysSecret =
  /^(?:authorization|cookie|set-cookie|x?-?api[-_]?key|password|passwd|passphrase|client[-_]?secret|private[-_]?key|secret[-_]?(?:access[-_]?)?key|(?:access|refresh|id|auth)[-_]?token)$/i;

/** An environment variable whose name ends like this holds a secret. */
export const secretVariable = /(?:passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|private|secret|signing)_?key)$/i;

/** `name=value`, `"name": "value"` and the like in running text: group 2 says how they are joined, group 3 is the value. */
export const namedSecret =
  /(passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|private|secret|signing)[-_]?key)(\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)([^\s"'`,;&(){}[\]<>$\\|]{6,200})/gi;

/** Whether what stands after such a name is a value, and not a word of a sentence or a piece of a program. */
export const isValue = (joint: string, value: string): boolean => {
  if (/^(?:true|false|null|undefined|[\d.]+)$|^(?:process|import|this|config|env|os)\./i.test(value)) return false;
  if (/["']$/.test(joint) || !/\s/.test(joint)) return /[^a-z]/.test(value) || joint.includes('=');
  return /\d/.test(value);
};

/** Words that are long enough to be random; looking only at their beginnings takes a third of the time. */
export const longWord = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}/g;

/** Bits per character; base64 of random bytes is near 5 at this length, hex at most 4, English below 4. */
const randomAbove = 4.3;

/**
 * Whether a word looks like random text: small and capital letters and digits in a wild mix. A path, a name of several words and a
 * checksum with its algorithm in front are none.
 */
export const looksRandom = (word: string): boolean => {
  if (!/[A-Z]/.test(word) || !/[a-z]/.test(word) || !/\d/.test(word) || /^sha(?:1|256|384|512)[-_]/.test(word)) return false;
  const parts = word.split(/[/_-]/);
  const isName = parts.some((part) => /^(?:[a-z]{4,}|[A-Z]{4,}|[A-Z][a-z]{3,})$/.test(part));
  return isName
    ? parts.some((part) => part.length >= 24 && isMixed(part) && entropy(part) > 4)
    : isMixed(word) && entropy(word) > randomAbove;
};

/** Letters of a name stay in their case for a while; random ones change it two times out of three. */
const isMixed = (word: string): boolean => {
  const kinds = [...word].map((letter) => (/[a-z]/.test(letter) ? 'a' : /[A-Z]/.test(letter) ? 'A' : '0'));
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
  return new Set(kinds).size === 3 && changes > 0.5 * word.length;
};

/** Shannon entropy, in bits per character. */
const entropy = (word: string): number => {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / word.length) * Math.log2(count / word.length), 0);
};
