import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ServeOptions } from './commands/serve.js';
import type { WorkerCommandOptions } from './commands/worker.js';
import { version } from '../catalog/version.js';

/** Runs one command line and gives its exit code. Each command is loaded only when it is called. */
export const runCommand = async (args: readonly string[]): Promise<number> => {
  let code = 0;
  const program = programOf((ended) => (code = ended));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2; // commander has said what is wrong
  }
  return code;
};

/** Every command by its name, and whether it reads a configuration. */
export const commandNames = (): ReadonlyMap<string, boolean> =>
  new Map(programOf(() => undefined).commands.map((command) => [command.name(), [command, ...command.commands].some(readsConfig)]));

const readsConfig = ({ options }: Command): boolean => options.some(({ long }) => long === '--config');

const programOf = (ended: (code: number) => void): Command => {
  const program = new Command('langgraph-staging')
    .description('Releases run by agents: the model proposes, evidence decides.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists the commands)');
  const on =
    <A extends unknown[]>(run: (...given: A) => Promise<number>) =>
    async (...given: A) => {
      ended(await run(...given));
    };
  const command = (name: string, does: string) => described(program, name, does);
  const described = (parent: Command, name: string, does: string) =>
    parent
      .command(name)
      .description(does)
      .option('--config <file>', 'the configuration (default: staging.config.ts in this folder)')
      .option('--state-dir <folder>', 'where journal, evidence and artifacts live (default: .staging beside the configuration)')
      .option('--json', 'one JSON document on stdout and nothing else there')
      .option('--database <address>', 'the PostgreSQL that workers share: postgres://USER@HOST:PORT/NAME (password: PGPASSWORD)')
      .option('--dry-run', 'in the simulated world: nothing real is touched');
  const acting = (name: string, does: string) =>
    command(name, does).option('--model <model>', 'runbook, or openai:NAME (OPENAI_API_KEY, OPENAI_BASE_URL)', 'runbook');

  acting(
    'release <request...>',
    'take a release through, for example: release "ship storefront v2.2.0 to staging, promote it if it is healthy"',
  )
    .option('--approve-as <name>', 'sign the approval gate beforehand, as one of the approvers')
    .action(on(async (words: string[], options: object) => (await import('./commands/release.js')).release(words.join(' '), options)));
  acting('serve', 'releases over HTTP: an API, its events, webhooks')
    .option('--host <address>', 'where it listens; any but loopback needs tokens in the configuration', '127.0.0.1')
    .option('--port <number>', '0: any that is free', portNumber, 8377)
    .option('--as <name>', 'whose the token is that is made where none is configured: one of the approvers')
    .addOption(new Option('--log <format>', 'one JSON line on stderr for everything that happens, with its release').choices(['json']))
    .action(on(async (options: ServeOptions) => (await import('./commands/serve.js')).serve(options)));
  acting('mcp', 'the Model Context Protocol on stdin and stdout, for a host that starts this command')
    .option('--server <url>', 'stand at the desk of a running serve, with the token in LANGGRAPH_STAGING_TOKEN')
    .action(on(async (options: object) => (await import('./commands/mcp.js')).mcp(options)));
  acting('chat', 'the same as a conversation: asks back, shows the plan, answers while a release runs')
    .option('--as <name>', 'who you are: an approver may approve here')
    .action(on(async (options: object) => (await import('./commands/chat.js')).chat(options)));
  acting('worker', 'take releases through that others ask for on a shared PostgreSQL; any number of machines may run one')
    .option('--at-once <number>', 'how many environments it works in at a time', countNumber, 4)
    .option('--also <file...>', 'more configurations: the environments of other services')
    .action(on(async (options: WorkerCommandOptions) => (await import('./commands/worker.js')).worker(options)));
  acting('resume <id>', 'go on after a crash, a stop or a hold').action(
    on(async (id: string, options: object) => (await import('./commands/release.js')).resume(id, options)),
  );
  for (const [name, decision, does] of [
    ['approve', 'approved', 'approve the promotion that is waiting'],
    ['reject', 'rejected', 'reject the promotion that is waiting'],
    ['withdraw', 'withdrawn', 'take your approval back while others are still asked'],
  ] as const)
    acting(`${name} <id>`, does)
      .requiredOption('--as <name>', 'who decides: one of the approvers')
      .option('--comment <text>', 'why')
      .action(on(async (id: string, options: { as: string }) => (await import('./commands/decide.js')).decide(id, decision, options)));
  command('waive [check]', 'let a failed check pass for a while, for the releases from now on; without a check, list what is waived')
    .option('--as <name>', 'who waives it: one of the approvers')
    .option('--why <text>', 'why; it stands in every report')
    .option('--until <date>', 'when it ends, for example 2026-12-01')
    .option('--end', 'end the waivers of this check now')
    .action(on(async (check: string | undefined, options: object) => (await import('./commands/waive.js')).waive(check, options)));
  acting('rollback <id>', 'send all traffic back to the stable version, also while the release runs or after its promotion')
    .option('--as <name>', 'who decides')
    .action(on(async (id: string, options: { as?: string }) => (await import('./commands/roll-back.js')).rollBack(id, options)));
  acting('cancel <id>', 'end a release, with traffic on the stable version')
    .option('--as <name>', 'who decides')
    .action(
      on(async (id: string, options: { as?: string }) => (await import('./commands/decide.js')).endByPerson(id, 'cancelled', options)),
    );
  command('alert <name>', 'what another system calls when it fires: the rollout that is on takes its traffic back')
    .addOption(new Option('--environment <name>', 'only there').choices(['staging', 'production']))
    .option('--detail <text>', 'what it saw')
    .action(on(async (name: string, options: object) => (await import('./commands/roll-back.js')).raiseAlert(name, options)));

  command('status [id]', 'where releases stand').action(
    on(async (id: string | undefined, options: object) => (await import('./commands/look.js')).status(id, options)),
  );
  command('history', 'past deployments').action(on(async (options: object) => (await import('./commands/look.js')).history(options)));
  command('board [id]', 'the blackboard').action(
    on(async (id: string | undefined, options: object) => (await import('./commands/look.js')).board(id, options)),
  );
  command('explain [id]', 'why each verdict fell as it did, and what would change it').action(
    on(async (id: string | undefined, options: object) => (await import('./commands/look.js')).explain(id, options)),
  );
  command('verify [id]', 'recompute the hash chain and every verdict from its evidence').action(
    on(async (id: string | undefined, options: object) => (await import('./commands/verify.js')).verify(id, options)),
  );
  command('report [id]', 'the evidence bundle: one page, one JSON')
    .option('--html <file>', 'write the page')
    .action(on(async (id: string | undefined, options: object) => (await import('./commands/report.js')).report(id, options)));
  program
    .command('judge')
    .description('judge samples by a policy of Keptn, Argo or OpenSLO, without a release')
    .requiredOption('--format <format>', 'what the policy is written in: kayenta, keptn, argo or openslo')
    .requiredOption('--policy <file>', 'the policy, YAML or JSON')
    .requiredOption('--data <file>', 'the samples, JSON or YAML')
    .option('--json', 'one JSON document on stdout and nothing else there')
    .action(on(async (options: import('./commands/judge.js').JudgeOptions) => (await import('./commands/judge.js')).judge(options)));
  program
    .command('lint <file>')
    .description('find what can never fail, never pass, never be judged or never roll back in a policy')
    .option('--json', 'one JSON document on stdout and nothing else there')
    .action(on(async (file: string, options: object) => (await import('./commands/lint.js')).lint(file, options)));
  const flags = program.command('flags').description('feature flags of the running environments: gradual percentage and kill switch');
  const flagCommand = (name: string, does: string) =>
    described(flags, name, does).option('--environment <name>', 'staging or production', 'staging');
  const flagChange = (name: string, does: string) =>
    flagCommand(name, does).requiredOption('--as <name>', 'who changes it').option('--why <text>', 'why');
  flagCommand('list', 'every flag, and the newest changes')
    .option('--for <visitor>', 'what this visitor gets')
    .action(on(async (options: object) => (await import('./commands/flags.js')).listFlags(options)));
  flagChange('set <name>', 'turn a feature on, or on for a share of visitors')
    .option('--percentage <number>', '0 to 100')
    .option('--on', 'undo `flags off`')
    .action(on(async (name: string, options: object) => (await import('./commands/flags.js')).setFlag(name, options)));
  flagChange('off <name>', 'the kill switch: off for everybody within a second, without a deployment').action(
    on(async (name: string, options: object) => (await import('./commands/flags.js')).killFlag(name, options)),
  );
  const snapshots = program
    .command('snapshots')
    .description('copies of the data: those from before migrations, and those that people took');
  const snapshotCommand = (name: string, does: string) =>
    described(snapshots, name, does).option('--environment <name>', 'staging or production').option('--service <name>', 'of one service');
  const snapshotChange = (name: string, does: string) =>
    snapshotCommand(name, does).requiredOption('--as <name>', 'who does it').option('--why <text>', 'why');
  snapshotCommand('list', 'every snapshot, newest first, and which way back needs it').action(
    on(async (options: object) => (await import('./commands/snapshots.js')).listSnapshots(options)),
  );
  snapshotChange('take', 'one of now').action(
    on(async (options: object) => (await import('./commands/snapshots.js')).takeSnapshotNow(options)),
  );
  snapshotChange('restore <id>', 'put the data back; what is there now is snapshotted first').action(
    on(async (id: string, options: object) => (await import('./commands/snapshots.js')).restoreSnapshotNow(id, options)),
  );
  snapshotChange('prune', 'remove what is old, never what a way back needs')
    .option('--older-than <age>', 'for example 12h or 30d')
    .option('--keep <count>', 'the newest of each environment stay')
    .action(on(async (options: object) => (await import('./commands/snapshots.js')).pruneSnapshotsNow(options)));
  command('init', 'write a configuration for this repository: what it sees, what you say, and on a terminal what it asks')
    .option('--force', 'replace the one that is there')
    .option('--name <name>', 'the name of the service')
    .option('--start <command>', 'what starts it; {port} or the variable PORT is where it listens')
    .option('--build <command>', 'what builds it')
    .option('--test <command>', 'what tests it and writes a report to {report}')
    .addOption(new Option('--test-format <format>', 'what the report is').choices(['junit', 'vitest', 'jest', 'playwright']))
    .option('--health <path>', 'what answers 2xx when it is well')
    .option('--approver <name>', 'who may approve')
    .action(on(async (options: object) => (await import('./commands/init.js')).init(options)));
  command('prune', 'let go of what the retention policy no longer keeps of ended releases')
    .option('--estimate', 'only say what would go')
    .action(on(async (options: object) => (await import('./commands/prune.js')).prune(options)));
  command('doctor', 'what is missing on this machine, and how to get it').action(
    on(async (options: object) => (await import('./commands/doctor.js')).doctor(options)),
  );
  command('catalog', 'the tables: agents, events, fields, routines, gates, limits').action(
    on(async () => (await import('./commands/catalog.js')).printCatalog()),
  );
  const tape = program.command('tape').description('recorded model responses: what is on them, what is stale, what changed');
  const onTapes = (usage: string, does: string) => tape.command(usage).description(does).option('--json', 'one JSON document on stdout');
  onTapes('ls [folder]', 'every *.tape.json below a folder').action(
    on(async (folder: string | undefined, options: object) => (await import('./commands/tape.js')).ls(folder ?? '.', options)),
  );
  onTapes('show <file>', 'the conversation on a tape, lane by lane').action(
    on(async (file: string, options: object) => (await import('./commands/tape.js')).show(file, options)),
  );
  onTapes('verify [path]', 'what is stale or unsafe, without running anything').action(
    on(async (path: string | undefined, options: object) => (await import('./commands/tape.js')).verify(path ?? '.', options)),
  );
  onTapes('update <path> [command...]', 'run the command after -- and record again what is stale, for example: -- npx vitest run').action(
    on(async (path: string, command: string[], options: object) => (await import('./commands/tape.js')).update(path, command, options)),
  );
  onTapes('diff <before> <after>', 'what changed from one tape to another, word by word').action(
    on(async (before: string, after: string, options: object) => (await import('./commands/tape.js')).diff(before, after, options)),
  );
  return program;
};

const countNumber = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number above 0.');
};

const portNumber = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
};
