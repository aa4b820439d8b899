import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { ERROR_CODES } from '../../api/errors.ts';
import { CLOSE_CODES, REALTIME_PATH } from '../../api/realtime.ts';
import { API_BASE, splitRouteName } from '../../api/route.ts';
import { allRoutes } from '../../server/roles/api.ts';
import { cast, type Person } from '../cast.ts';
import { Line } from '../line.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { within } from '../within.ts';

let server: TestServer;
let alice: Person;

before(async () => {
  server = await openTestServer();
  ({ alice } = await cast(server.url, 'alice'));
});
after(async () => {
  alice.leave();
  await server.stop();
});

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

const readOpenApi = async () =>
  (await (await fetch(`${server.url}${API_BASE}/openapi.json`)).json()) as OpenApi;

test('OpenAPI tells every route of the contract, and no other', async () => {
  const document = await readOpenApi();
  assert.equal(document.openapi, '3.1.0');
  assert.ok(document.info.title && document.info.version);
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const real = allRoutes.map(({ contract }) => {
    const { method, path } = splitRouteName(contract.name);
    return `${method} ${API_BASE}${path}`;
  });
  assert.deepEqual(told.toSorted(), real.toSorted());
});

test('OpenAPI says of each operation what it takes, answers and demands', async () => {
  const document = await readOpenApi();
  const names = new Set<string>();
  for (const { contract } of allRoutes) {
    const { method, path } = splitRouteName(contract.name);
    const operation = document.paths[API_BASE + path]?.[method.toLowerCase()];
    assert.ok(operation, contract.name);
    assert.equal(operation.summary, contract.summary);
    assert.ok(!names.has(operation.operationId), `${operation.operationId} stands twice`);
    names.add(operation.operationId);
    assert.ok(operation.responses[String(contract.status ?? 200)], contract.name);
    const demands = contract.access === 'signed_in' || contract.access === 'admin';
    assert.equal(operation.security !== undefined, demands, contract.name);
    if (demands) assert.match(operation.responses['401']?.description ?? '', /unauthenticated/);
    const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path');
    assert.deepEqual(
      inPath.map((one) => `{${one.name}}`).toSorted(),
      (path.match(/\{\w+\}/g) ?? []).toSorted(),
    );
    assert.ok(inPath.every((one) => one.required));
  }
  const text = JSON.stringify(document);
  for (const code of ERROR_CODES) assert.ok(text.includes(`"${code}"`), code);
  assert.ok(!/"\$ref":"(?!#\/)/.test(text), 'references stay inside the document');
});

test('pages come under a strict policy', async () => {
  const page = await fetch(server.url, { headers: { accept: 'text/html' } });
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /require-trusted-types-for 'script'/);
  assert.ok(!/unsafe|\*|http:/.test(policy), policy);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(page.headers.get('cross-origin-opener-policy'), 'same-origin');
  assert.equal(page.headers.get('referrer-policy'), 'strict-origin-when-cross-origin');
  assert.equal(page.headers.get('access-control-allow-origin'), null);
});

test('answers of the API are kept by nobody, carry their request, and are compressed when asked', async () => {
  const path = `${server.url}${API_BASE}/openapi.json`;
  for (const encoding of ['br', 'gzip']) {
    const packed = await fetch(path, { headers: { 'accept-encoding': encoding } });
    assert.equal(packed.headers.get('content-encoding'), encoding);
    assert.equal(((await packed.json()) as OpenApi).openapi, '3.1.0');
  }
  const plain = await fetch(`${server.url}${API_BASE}/users/alice`);
  assert.equal(plain.headers.get('cache-control'), 'no-store');
  assert.match(plain.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('/health tells of each part, and that the process lives', async () => {
  const health = await fetch(`${server.url}/health`);
  assert.equal(health.status, 200);
  const told = (await health.json()) as { ready: boolean; live: boolean; parts: object };
  assert.deepEqual([told.live, told.ready], [true, true]);
  assert.deepEqual(Object.keys(told.parts).toSorted(), ['blobs', 'database', 'disk']);
  assert.equal((await fetch(`${server.url}/health?probe=live`)).status, 200);
});

test('a socket must say who it is, in words that the server knows', async () => {
  const closedWith = async (...messages: string[]) => {
    const line = new Line(server.url);
    await line.opened();
    for (const message of messages) line.send(message);
    return within(line.closed, 'the socket closes');
  };
  assert.equal(await closedWith('hello'), CLOSE_CODES.bad_message);
  assert.equal(await closedWith('{"type":"dance"}'), CLOSE_CODES.bad_message);
  assert.equal(
    await closedWith('{"type":"authenticate","access_token":"x","more":1}'),
    CLOSE_CODES.bad_message,
  );
  assert.equal(
    await closedWith('{"type":"authenticate","access_token":"x"}'),
    CLOSE_CODES.unauthenticated,
  );
  assert.equal(await closedWith('{"type":"watch","post_ids":[]}'), CLOSE_CODES.unauthenticated);
  assert.equal(await closedWith('x'.repeat(20_000)), 1009, 'too long');
});

test('a socket from another site, or at another address, is refused before it stands', async () => {
  const upgrade = async (path: string, origin: string | null) => {
    const { hostname, port, host } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const head = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...(origin ? [`Origin: ${origin}`] : []),
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const answer = new Promise<string>((resolve, reject) => {
      socket.once('data', (bytes) => resolve(String(bytes).split('\r\n')[0] ?? ''));
      socket.once('error', reject);
    });
    const line = await within(answer, 'an answer to the upgrade');
    socket.destroy();
    return line;
  };
  assert.match(await upgrade(REALTIME_PATH, server.url), / 101 /);
  assert.match(await upgrade(REALTIME_PATH, null), / 101 /, 'apps send no Origin');
  assert.match(await upgrade(REALTIME_PATH, 'https://evil.example'), / 403 /);
  assert.match(await upgrade(REALTIME_PATH, 'null'), / 403 /);
  assert.match(await upgrade('/api/v1/other', server.url), / 404 /);
});
