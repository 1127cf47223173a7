// Takes a release through over the Model Context Protocol: one client asks, as rita; another one decides, as owner.
// Usage: node ship.mjs http://127.0.0.1:8377 [command that is langgraph-staging]
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const [url = 'http://127.0.0.1:8377', command = 'npx', ...args] = process.argv.slice(2);
const before = command === 'npx' ? ['langgraph-staging'] : args;

/** What a host such as an editor does: it starts the command, and gives it the credential of its person. */
const connect = async (token, person) => {
  const client = new Client({ name: 'example', version: '1.0.0' }, { capabilities: person ? { elicitation: { form: {} } } : {} });
  if (person) client.setRequestHandler(ElicitRequestSchema, person);
  await client.connect(
    new StdioClientTransport({
      command,
      args: [...before, 'mcp', '--server', url],
      env: { ...process.env, LANGGRAPH_STAGING_TOKEN: token },
    }),
  );
  return client;
};

const call = async (client, name, input) => {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: input }, undefined, {
    timeout: 600_000,
    onprogress: ({ message }) => console.log(`  ${message}`),
  });
  console.log(`${name}: ${content[0].text}`);
  if (isError) throw new Error(`${name} was refused`);
  return structuredContent;
};

const rita = await connect(process.env.RITA_TOKEN);
const { release, approval } = await call(rita, 'request_release', {
  request: 'ship storefront v2.2.0 with wishlist to staging, promote it if it is healthy',
  wait: true,
});

// Here a host shows a form. The answer counts because the client of the owner has the credential of the owner.
const owner = await connect(process.env.OWNER_TOKEN, ({ params }) => {
  console.log(params.message);
  return { action: 'accept', content: { decision: 'approve', comment: 'looked at the gates' } };
});
await call(owner, 'approve_release', { release: release.release, digest: approval.digest });

const ended = await call(rita, 'get_release', { release: release.release, wait: true });
const { contents } = await rita.readResource({ uri: `staging://releases/${release.release}/report` });
console.log(
  `report: ${JSON.parse(contents[0].text)
    .gates.map(({ gate, outcome }) => `${gate} ${outcome}`)
    .join(', ')}`,
);

await owner.close();
await rita.close();
process.exitCode = ended.release.outcome === 'promoted' ? 0 : 1;
