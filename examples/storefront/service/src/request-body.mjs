import { Refusal } from './refusal.mjs';

const maxBytes = 16 * 1024;

/** Reads a JSON object or a form. Refuses what is too long, broken or of another kind; an empty body is an empty object. */
export const readBody = async (request) => {
  const text = await readText(request);
  if (text === '') return { value: {}, isForm: false };
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const parse = parsers[type];
  if (parse === undefined) throw new Refusal(415, 'The body must be application/json or a form.');
  return parse(text);
};

const parsers = {
  'application/json': (text) => ({ value: parseObject(text), isForm: false }),
  'application/x-www-form-urlencoded': (text) => ({ value: Object.fromEntries(new URLSearchParams(text)), isForm: true }),
};

const parseObject = (text) => {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(400, 'The body must be a JSON object.');
  return value;
};

const parseJson = (text) => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `The body is not JSON: ${error.message}`);
  }
};

const readText = (request) =>
  new Promise((done, failed) => {
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else failed(new Refusal(413, `The body is longer than ${maxBytes} bytes.`, { connection: 'close' }));
    });
    request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
    request.on('close', () => failed(new Refusal(400, 'The body ended early.')));
  });
