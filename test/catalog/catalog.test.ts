import { existsSync, readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import { checkPosts } from '../../src/blackboard/post.js';
import { agentNames } from '../../src/catalog/agents.js';
import { events, eventTopics } from '../../src/catalog/events.js';
import { fieldNames, fields, type PostsOf } from '../../src/catalog/fields.js';
import { emittersOf, handlerOf } from '../../src/catalog/flow.js';
import { gateNames } from '../../src/catalog/gates.js';
import { whyDenied } from '../../src/catalog/permission.js';
import { codeOnly, toolPolicy, type ActionClass } from '../../src/catalog/policy.js';
import { routineNames, routines } from '../../src/catalog/routines.js';
import { toolNames, tools } from '../../src/catalog/tools.js';

const map = readFileSync('docs/scenario-map.md', 'utf8');

test.each(eventTopics)('%s is emitted by somebody and handled, announced or an end', (topic) => {
  expect(emittersOf(topic).length).toBeGreaterThan(0);
  const unhandled = ['staging/deployment_approved', 'swarm/completed', 'swarm/failed'];
  expect(handlerOf(topic) === null).toBe(unhandled.includes(topic));
});

test.each(routineNames)('%s has a prompt, an agent that may use its tools, and writes only what its agent owns', (name) => {
  const row = routines[name];
  expect(existsSync(`prompts/${row.agent.replaceAll('_', '-')}/${name}.md`)).toBe(true);
  for (const tool of row.requires) expect(whyDenied({ agent: row.agent, by: 'code' }, tool, { target: 'artifact' }, [])).toBeNull();
  for (const tool of row.may) expect(whyDenied({ agent: row.agent, by: 'model' }, tool, {}, [])).toBeNull();
  for (const field of row.writes) expect(fields[field].owner).toBe(row.agent);
});

test('every field of an agent is written by one of its routines', () => {
  const written = new Set<string>(routineNames.flatMap((name) => [...routines[name].writes]));
  for (const field of fieldNames) expect(fields[field].owner === 'request' || written.has(field)).toBe(true);
});

test("writing another agent's field does not compile", () => {
  expectTypeOf<{ production_ready: boolean }>().not.toExtend<Required<PostsOf<'qa_tester'>>>();
  // @ts-expect-error the validator owns deployment_approved
  const posts: PostsOf<'monitoring_specialist'> = { deployment_approved: true };
  expect(posts).toBeDefined();
});

test("writing another agent's field is refused at run time, and so is a field that the routine does not list", () => {
  expect(() => checkPosts('monitoring_specialist', 'health-check-routine', { deployment_approved: true })).toThrow(
    expect.objectContaining({ code: 'FIELD_NOT_OWNED' }),
  );
  expect(() => checkPosts('deployment_validator', 'deployment-gate-routine', { production_ready: true })).toThrow(
    expect.objectContaining({ code: 'FIELD_NOT_OWNED' }),
  );
  expect(() => checkPosts('monitoring_specialist', 'health-check-routine', { health_status: 'fine' })).toThrow(
    expect.objectContaining({ code: 'FIELD_INVALID' }),
  );
});

test('no model ever holds a tool that deploys to production, changes data or reads credentials', () => {
  expect(codeOnly).toEqual(['deploy-production', 'data', 'secrets']);
  const never: readonly ActionClass[] = codeOnly;
  const actions = (acts: Partial<Record<string, readonly ActionClass[]>>) => Object.values(acts).flatMap((some) => some ?? []);
  const tried = toolNames.filter((tool) => actions(tools[tool].acts).some((action) => never.includes(action)));
  for (const tool of tried)
    for (const agent of agentNames) expect(whyDenied({ agent, by: 'model' }, tool, {}, [])).toContain('no row of the tool policy');
  for (const rows of Object.values(toolPolicy))
    for (const { by, role: _, ...acts } of rows) if (by === 'model') expect(actions(acts).filter((one) => never.includes(one))).toEqual([]);
  expect(tried).toEqual([
    ...['copy_data', 'snapshot_database', 'migrate_database', 'restore_database', 'promote_to_production', 'tag_version'],
    ...['roll_back', 'find_culprit'],
  ]);
});

test('no tool and no row of the policy reads credentials', () => {
  expect(JSON.stringify([Object.values(tools).map(({ acts }) => acts), toolPolicy])).not.toContain('secrets');
});

test('the scenario map names files that exist and everything that the catalog has', () => {
  const files = [...map.matchAll(/`((?:src|docs)\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  for (const name of [...agentNames, ...eventTopics, ...routineNames, ...fieldNames, ...gateNames.map((gate) => gate)])
    expect(map.toLowerCase()).toContain(name);
});

test('the events that the scenario document names are marked as such', () => {
  expect(eventTopics.filter((topic) => events[topic].inScenario)).toHaveLength(12);
});
