/**
 * The yardstick: a node:http server that copies the same bytes into a fresh buffer for each request and
 * sends it. Hears its bytes from the parent process.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let bytes = Buffer.alloc(0);

const server = createServer((_request, response) => {
  const copy = Buffer.allocUnsafe(bytes.length);
  bytes.copy(copy);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': copy.length,
  });
  response.end(copy);
});

process.on('message', (base64: string) => {
  bytes = Buffer.from(base64, 'base64');
  process.send?.('ready');
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
