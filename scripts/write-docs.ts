import { readFile, writeFile } from 'node:fs/promises';
import { agentNames, agents } from '../src/catalog/agents.js';
import { configSchema } from '../src/catalog/config.js';
import { events, eventTopics } from '../src/catalog/events.js';
import { fieldNames, fields } from '../src/catalog/fields.js';
import { emittersOf, handlerOf } from '../src/catalog/flow.js';
import { gateNames, gates } from '../src/catalog/gates.js';
import { routineNames, routines } from '../src/catalog/routines.js';
import { createStagingGraph } from '../src/graph/create.js';
import { faultKinds } from '../src/scenario/faults.js';
import { shippedScenarios } from '../src/scenario/shipped-scenarios.js';
import { openSimulatedPorts } from '../src/scenario/simulated-world.js';

/** Writes what the code knows into the documents, between their markers; with --check, fails where a document is behind. */
const check = process.argv.includes('--check');

const drawing = async (): Promise<string> => {
  const config = configSchema.parse({ service: { name: 'service', start: { command: ['true'] } }, approvers: ['owner'] });
  const graph = createStagingGraph({ config, ports: openSimulatedPorts({ config }) });
  const mermaid = (await graph.getGraphAsync()).drawMermaid({ withStyles: false });
  return `\`\`\`mermaid\n${mermaid.trim()}\n\`\`\``;
};

const table = (heads: string[], rows: string[][]): string =>
  [`| ${heads.join(' | ')} |`, `|${heads.map(() => '---|').join('')}`, ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const tables = (): string =>
  [
    '## Agents',
    table(
      ['agent', 'title', 'role'],
      agentNames.map((name) => [code([name]), agents[name].title, agents[name].role.join(', ')]),
    ),
    '## Events',
    'A star marks a topic that the scenario document does not name.',
    table(
      ['topic', 'emitted by', 'handled by'],
      eventTopics.map((topic) => [
        `\`${topic}\`${events[topic].inScenario ? '' : ' *'}`,
        code(emittersOf(topic)),
        code([handlerOf(topic) ?? 'nobody: an announcement or the end']),
      ]),
    ),
    '## Routines',
    table(
      ['routine', 'agent', 'requires', 'writes'],
      routineNames.map((name) => [code([name]), code([routines[name].agent]), code(routines[name].requires), code(routines[name].writes)]),
    ),
    '## Fields',
    table(
      ['field', 'owner', 'purpose'],
      fieldNames.map((name) => [code([name]), code([fields[name].owner]), fields[name].purpose]),
    ),
    '## Gates',
    table(
      ['gate', 'check', 'asks'],
      gateNames.flatMap((gate) => Object.entries(gates[gate].checks).map(([name, asks]) => [gates[gate].title, code([name]), asks])),
    ),
  ].join('\n\n');

const put = async (file: string, marker: string, text: string): Promise<void> => {
  const before = await readFile(file, 'utf8');
  const [start, end] = [`<!-- ${marker}:start -->`, `<!-- ${marker}:end -->`];
  if (!before.includes(start) || !before.includes(end)) throw new Error(`${file} has no markers ${marker}`);
  const after = `${before.slice(0, before.indexOf(start) + start.length)}\n${text}\n${before.slice(before.indexOf(end))}`;
  if (before === after) return;
  if (check) {
    process.stderr.write(`${file} is behind the code: run npm run docs\n`);
    process.exitCode = 1;
  } else await writeFile(file, after);
};

await put('README.md', 'graph', await drawing());
await put('docs/scenario-map.md', 'catalog', tables());
await put(
  'docs/how-to/scenarios.md',
  'faults',
  `\n${table(
    ['kind', 'what goes wrong, or what `value` is'],
    Object.entries(faultKinds).map(([kind, does]) => [code([kind]), does]),
  )}\n`,
);
await put(
  'docs/how-to/scenarios.md',
  'scenarios',
  `\n${table(
    ['name', 'story', 'ends'],
    shippedScenarios.map(({ name, summary = '', expect }) => [code([name]), summary, expect?.outcome ?? '']),
  )}\n`,
);
