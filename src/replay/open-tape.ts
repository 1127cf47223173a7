import { z } from 'zod';
import { StagingError } from '../catalog/errors.js';
import { parseChaos, type Chaos } from './chaos.js';
import { checkAllow } from './intercept.js';
import { OpenTape, type TapeSettings } from './opened-tape.js';
import { promptDigests } from './prompt-digests.js';
import { programOf } from './provenance.js';
import { rulesOf, type RuleInput } from './rules.js';
import { readTape, replacedTape } from './store-tape.js';
import { tapeSources, type Tape, type TapeSource } from './tape-file.js';
import { lockTape } from './tape-lock.js';
import { tapeMode, tapeModes, type TapeMode } from './tape-mode.js';

export type TapeOptions = {
  /** Where the tape is, or will be: `<name>.tape.json`. */
  file: string;
  /** Left out: what LANGGRAPH_STAGING_TAPE says, else `replay`. */
  mode?: TapeMode;
  /** Prompt files or folders; their digests stand in the tape, so that a changed one is named. */
  prompts?: string | string[];
  /** What differs from run to run: built-in rules by name, or patterns of your own. */
  normalise?: RuleInput[];
  /** Addresses of this machine (`127.0.0.1:5432`) that the program may reach while it is replayed. */
  allow?: string[];
  /** What goes wrong with the answers on their way. */
  chaos?: Chaos[];
  /** Whether recordings that nobody asked for fail the run: they do, unless this says `allow`. */
  unused?: 'fail' | 'allow';
  /** Who the answers come from (default: `recorded`). */
  source?: TapeSource;
  note?: string;
  /** Whose tape it is (default: the name in the package.json above the file). */
  program?: string;
  /** Stamps the recording. */
  clock?: { now(): number };
};

const optionsSchema = z.strictObject({
  file: z.string().min(1),
  mode: z.enum(tapeModes).optional(),
  prompts: z.union([z.string(), z.array(z.string())]).optional(),
  normalise: z.array(z.unknown()).optional(),
  allow: z.array(z.string()).optional(),
  chaos: z.array(z.unknown()).optional(),
  unused: z.enum(['fail', 'allow']).optional(),
  source: z.enum(tapeSources).optional(),
  note: z.string().optional(),
  program: z.string().optional(),
  clock: z.custom<{ now(): number }>((value) => typeof value === 'object' && value !== null && 'now' in value).optional(),
});

/**
 * Opens a tape. Throws TAPE_OPTIONS_INVALID, TAPE_MODE_REFUSED, TAPE_BUSY, and what reading it may throw: TAPE_NOT_FOUND, TAPE_INVALID,
 * TAPE_NEWER, TAPE_OTHER_PROGRAM, TAPE_SECRET.
 */
export const openTape = async (options: TapeOptions): Promise<OpenTape> => {
  const checked = optionsSchema.safeParse(options);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new StagingError(
      'TAPE_OPTIONS_INVALID',
      `Failed to open the tape: ${issue?.path.join('.') || 'the options'}: ${issue?.message}.`,
    );
  }
  checkAllow(options.allow ?? []);
  const settings = {
    options,
    mode: tapeMode(options.mode),
    chaos: parseChaos(options.chaos ?? []),
    rules: rulesOf(options.normalise ?? []),
    prompts: options.prompts === undefined ? null : promptDigests(options.file, [options.prompts].flat()),
    program: options.program ?? programOf(options.file),
  };
  if (settings.mode === 'off') return new OpenTape(settings, null, () => undefined);
  const unlock = settings.mode === 'replay' ? () => undefined : lockTape(options.file);
  try {
    const tape = await startingTape(settings);
    return new OpenTape(settings, tape, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
};

/** What is on the tape when it is opened. A recording begins with nothing, and still refuses to replace what is not its own. */
const startingTape = async ({ options, mode, rules, program }: TapeSettings): Promise<Tape | null> => {
  const { file } = options;
  const found = mode === 'replay' ? await readTape(file) : await replacedTape(file);
  if (found && found.header.program !== program)
    throw new StagingError(
      'TAPE_OTHER_PROGRAM',
      `Failed to open the tape ${file}: it was recorded for "${found.header.program}", and this program is "${program}".`,
    );
  if (mode === 'record') return null;
  if (mode === 'replay' && options.normalise && JSON.stringify(found?.header.rules) !== JSON.stringify(rules))
    throw new StagingError(
      'TAPE_STALE',
      `Failed to replay the tape ${file}: it was recorded with other rules than \`normalise\` declares.`,
    );
  return found;
};
