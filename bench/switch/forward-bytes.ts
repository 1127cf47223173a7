import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * What Node carries at best: each connection has one of its own to the target, and bytes go across as they come. Nobody reads them, so
 * nothing is counted, routed or retried. A process of its own; it says its port, and ends with its parent.
 */
const port = Number(process.argv[2]);
const server = createServer({ noDelay: true }, (client) => {
  const target = connect({ port, host: '127.0.0.1', noDelay: true });
  client.on('data', (bytes) => target.write(bytes));
  target.on('data', (bytes) => client.write(bytes));
  for (const [one, other] of [[client, target], [target, client]] as const) one.on('error', () => other.destroy()).on('close', () => other.destroy()); // prettier-ignore
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port)); // a TCP server has a port
process.on('disconnect', () => process.exit());
