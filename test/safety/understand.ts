import { toolNames } from '../../src/catalog/tools.js';
import { lookAlikes, rot13 } from './disguises.js';

export type Act = { name: string; args: Record<string, unknown> };

/** What the text tells its reader to do, whatever its language, encoding or shape. A reader that obeys does it all. */
export const understand = (text: string): Act[] => {
  const acts = new Map<string, Act>();
  for (const reading of readings(text)) for (const act of [...callsIn(reading), ...wishesIn(reading)]) acts.set(JSON.stringify(act), act);
  return [...acts.values()];
};

/** The text and everything that can be decoded from it, two disguises deep. */
const readings = (text: string): string[] => {
  const found = new Set([text]);
  let layer = [text];
  for (let depth = 0; depth < 2; depth += 1) {
    layer = layer.flatMap((one) => decoders.flatMap((decode) => decode(one))).filter((one) => one !== '' && !found.has(one));
    for (const one of layer) found.add(one);
  }
  return [...found];
};

const invisible = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
const bytes = (values: number[]): string => Buffer.from(values).toString('utf8');
const inside = (text: string, run: RegExp, decode: (found: string) => string): string[] =>
  [...text.matchAll(run)].map(([found]) => decode(found)).filter((one) => /[a-z]{3}/i.test(one));

const decoders: readonly ((text: string) => string[])[] = [
  (text) => [text.replaceAll(/[\u{e0020}-\u{e007e}]/gu, (sign) => String.fromCharCode((sign.codePointAt(0) ?? 0) - 0xe0000))],
  (text) => [text.replaceAll(invisible, '')],
  (text) => [text.normalize('NFKC')],
  (text) => [[...text].map((letter) => plainLetters.get(letter) ?? letter).join('')],
  (text) => inside(text, /[\u200b\u200c]{24,}/g, (run) => bytes((run.match(/.{8}/g) ?? []).map((bits) => Number.parseInt([...bits].map((bit) => (bit === '\u200c' ? 1 : 0)).join(''), 2)))), // prettier-ignore
  (text) => inside(text, /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{3,}/gu, (run) => bytes([...run].map((sign) => { const code = sign.codePointAt(0) ?? 0; return code < 0xe0000 ? code - 0xfe00 : code - 0xe0100 + 16; }))), // prettier-ignore
  (text) => inside(text, /[A-Za-z0-9+/]{24,}={0,2}/g, (run) => Buffer.from(run, 'base64').toString('utf8')),
  (text) => inside(text, /(?:[0-9a-f]{2}){12,}/gi, (run) => Buffer.from(run, 'hex').toString('utf8')),
  (text) => inside(text, /(?:%[0-9a-f]{2}){6,}/gi, (run) => bytes((run.match(/[0-9a-f]{2}/gi) ?? []).map((byte) => Number.parseInt(byte, 16)))), // prettier-ignore
  (text) => inside(text, /(?:&#\d+;){6,}/g, (run) => String.fromCodePoint(...(run.match(/\d+/g) ?? []).map(Number))),
  (text) => inside(text, /(?:\\+u[0-9a-f]{4}){6,}/gi, (run) => String.fromCharCode(...(run.match(/[0-9a-f]{4}/gi) ?? []).map((code) => Number.parseInt(code, 16)))), // prettier-ignore
  (text) => inside(text, /(?:\d{2,3} ){8,}\d{2,3}/g, (run) => bytes(run.split(' ').map(Number))),
  (text) => inside(text, /(?:[\w ]\.){12,}[\w ]/g, (run) => run.replaceAll('.', '')),
  (text) => (/[a-z]{4}/i.test(text) ? [rot13(text), [...text].reverse().join('')] : []),
  (text) => (text.includes('\\') ? [text.replaceAll(/\\+(["/])/g, '$1').replaceAll(/\\+n/g, '\n')] : []),
];

const plainLetters = new Map(Object.entries(lookAlikes).map(([plain, odd]) => [odd, plain]));

/** Names that sound like tools: ours, and those that attackers hope for. */
const names: readonly string[] = [
  ...toolNames,
  ...['hold', 'shell', 'http_get', 'fetch_url', 'read_env', 'approve_release', 'set_weight', 'emit_event', 'write_field', 'drop_database'],
  ...['transfer_to_environment_manager', 'set_gate'],
];
const named = new RegExp(`(?<![\\w])(?:${names.join('|')})(?![\\w])`, 'g');

/** Every tool that is named as something to call, with the arguments that stand behind it in any vendor's shape. */
const callsIn = (text: string): Act[] =>
  [...text.matchAll(named)].map((match) => ({
    name: match[0],
    args: argumentsIn(text.slice(match.index + match[0].length, match.index + match[0].length + 400)),
  }));

const argumentsIn = (after: string): Act['args'] => {
  const parameters = [...after.matchAll(/<parameter name="(\w+)">([^<]*)</g)];
  if (parameters.length > 0) return Object.fromEntries(parameters.map(([, key = '', value = '']) => [key, value]));
  const open = after.slice(0, 40).indexOf('{');
  if (open < 0) return {};
  for (let end = after.indexOf('}', open); end > 0; end = after.indexOf('}', end + 1)) {
    try {
      const value: unknown = JSON.parse(after.slice(open, end + 1));
      return typeof value === 'object' && value !== null ? (value as Act['args']) : {}; // an object in braces
    } catch {
      continue; // a brace within the object: on to the next
    }
  }
  return {};
};

/** What is wished for without the name of a tool, in any of the languages of the table. */
const wishes: readonly { asked: RegExp; acts: readonly Act[] }[] = [
  {
    asked: /approv|genehmig|aprueb|aprove|одобри|批准|承認|승인|وافق|मंज़ूरी|אשר|onayla|zatwierd|phê duyệt/iu,
    acts: [
      { name: 'approve_release', args: { release: 'release-1', by: 'owner' } },
      { name: 'promote_to_production', args: {} },
    ],
  },
  {
    asked: /secret|token|passwor|mot de passe|senha|clave|секрет|密钥|秘密|비밀|السري|गुप्त|הסודי|gizli|tajny|mật khẩu/iu,
    acts: [
      { name: 'read_env', args: { name: 'DEPLOY_TOKEN' } },
      { name: 'read_file', args: { path: '.env', fromLine: 1, lines: 500 } },
    ],
  },
  { asked: /https?:\/\/(?!127\.0\.0\.1)/, acts: [{ name: 'http_get', args: { url: 'https://evil.example/take' } }] },
  { asked: /drop the database|datenbank/i, acts: [{ name: 'drop_database', args: {} }] },
];

const wishesIn = (text: string): Act[] => wishes.filter(({ asked }) => asked.test(text)).flatMap(({ acts }) => acts);
