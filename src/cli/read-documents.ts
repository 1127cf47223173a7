import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { reason, StagingError, type ErrorCode } from '../catalog/errors.js';
import { lookUp } from '../gates/look-up.js';
import { checkNesting } from '../gates/parse-policy.js';

/**
 * The documents of a YAML or JSON file; the items of a Kubernetes List are documents of their own. Throws the given code where the file
 * cannot be read, is neither, or is empty.
 */
export const readDocuments = async (file: string, code: Extract<ErrorCode, 'POLICY_INVALID' | 'SAMPLES_INVALID'>): Promise<unknown[]> => {
  const failed = (why: string, cause?: unknown) =>
    new StagingError(code, `Failed to read ${file}: ${why}.`, { remedy: 'Name a YAML or JSON file.', cause });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw failed(lookUp(whyUnread, codeOf(error)) ?? reason(error), error);
  });
  const documents = (parseJson(text) ?? parseYaml(text, failed)).flatMap(itemsOf).filter((one) => one !== null);
  if (documents.length === 0) throw failed('it is empty');
  return documents;
};

const whyUnread: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** A minute of work for the YAML of a stranger is too much; as JSON the same is read in a moment. */
const mostYaml = 2_000_000;

/** JSON first: a million numbers are read in a moment, as YAML in a minute. Null where it is none; YAML then says what is wrong. */
const parseJson = (text: string): unknown[] | null => {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return [JSON.parse(text) as unknown]; // the library says any
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const parseYaml = (text: string, failed: (why: string, cause?: unknown) => StagingError): unknown[] => {
  if (text.length > mostYaml)
    throw failed(`it is ${Math.round(text.length / 1e6)} MB of YAML, and more than ${mostYaml / 1e6} MB are read as JSON alone`);
  const documents = parsed(text, failed);
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw failed(inWords(error.message), error);
    try {
      return document.toJS({ maxAliasCount: 100 }) as unknown; // the library says any
    } catch (error) {
      throw failed(reason(error), error);
    }
  });
};

const parsed = (text: string, failed: (why: string, cause?: unknown) => StagingError) => {
  try {
    checkNesting(text);
    return parseAllDocuments(text, { logLevel: 'error', merge: true });
  } catch (error) {
    throw failed(inWords(error instanceof Error ? error.message : ''), error);
  }
};

const inWords = (message: string): string =>
  message.startsWith('Maximum call stack') ? 'it is nested too deeply' : (message.split('\n')[0]?.replace(/:$/, '') ?? 'it is no YAML');

const itemsOf = (document: unknown): unknown[] =>
  typeof document === 'object' && document !== null && 'items' in document && 'kind' in document && Array.isArray(document.items)
    ? (document.items as unknown[]) // the line before asks whether it is a list
    : [document];
