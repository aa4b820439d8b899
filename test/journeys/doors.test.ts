import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { CLOSE_CODES, REALTIME_PATH } from '../../api/realtime.ts';
import { API_BASE } from '../../api/route.ts';
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

test('answers carry the name of their request, and are compressed when asked', async () => {
  const path = `${server.url}${API_BASE}/openapi.json`;
  for (const encoding of ['br', 'gzip']) {
    const packed = await fetch(path, { headers: { 'accept-encoding': encoding } });
    assert.equal(packed.headers.get('content-encoding'), encoding);
    assert.equal(((await packed.json()) as { openapi: string }).openapi, '3.1.0');
  }
  const plain = await fetch(`${server.url}${API_BASE}/users/alice`);
  assert.match(plain.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
});

test('/health tells of each part, and that the process lives', async () => {
  const health = await fetch(`${server.url}/health`);
  assert.equal(health.status, 200);
  const told = (await health.json()) as { ready: boolean; live: boolean; parts: object };
  assert.deepEqual([told.live, told.ready], [true, true]);
  assert.deepEqual(Object.keys(told.parts).toSorted(), ['blobs', 'database', 'disk', 'load']);
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
