/**
 * A plain static server, for where nginx is not: node:http, a file looked up and streamed for each
 * request, with the headers that it hears from the parent process.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream';

interface Settings {
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, string>>;
}

let settings: Settings = { root: '/nowhere', headers: {}, types: {} };

async function send(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(request.url ?? '/');
  const file = join(settings.root, path);
  const { size, mtimeMs } = await stat(file);
  const [, first, last] = /^bytes=([0-9]+)-([0-9]+)$/.exec(request.headers.range ?? '') ?? [];
  const start = first === undefined ? 0 : Number(first);
  const end = last === undefined ? size - 1 : Math.min(Number(last), size - 1);
  response.writeHead(first === undefined ? 200 : 206, {
    'content-type': settings.types[file.slice(file.lastIndexOf('.') + 1)] ?? '',
    'content-length': end - start + 1,
    etag: `"${mtimeMs.toString(16)}-${size.toString(16)}"`,
    ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    ...settings.headers,
  });
  pipeline(createReadStream(file, { start, end }), response, (error) => {
    if (error) response.destroy();
  });
}

const server = createServer((request, response) => {
  send(request, response).catch(() => response.writeHead(404, { 'content-length': 0 }).end());
});

process.on('message', (said: Settings) => {
  settings = said;
  process.send?.('ready');
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
