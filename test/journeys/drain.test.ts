import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { UploadGrant } from '../../api/media.ts';
import { CLOSE_CODES, REALTIME_PATH } from '../../api/realtime.ts';
import { cast, type Person } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { gradient, picture, type TestPicture } from '../pictures.ts';
import { findEmbedded, spawnServer } from '../server.ts';

let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-drain-'));
});
after(() => rm(place, { recursive: true }));

/** A request that has begun to send its bytes over a connection that is kept open. */
function beginPut(person: Person, grant: UploadGrant, { bytes }: TestPicture, agent: Agent) {
  const headers = { ...grant.headers, 'content-length': String(bytes.length) };
  const url = new URL(grant.url, person.base);
  const sender: ClientRequest = request(url, { method: 'PUT', headers, agent });
  sender.write(bytes.subarray(0, 1000));
  const answer = once(sender, 'response').then(async ([response]: [IncomingMessage]) => ({
    status: response.statusCode,
    body: await text(response),
  }));
  return { answer, finish: () => sender.end(bytes.subarray(1000)) };
}

/** A WebSocket of somebody whose machine sleeps: it never answers anything. */
async function openDeafLine(base: string): Promise<Socket> {
  const { port } = new URL(base);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `GET ${REALTIME_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  const [head] = await once(socket, 'data');
  assert.match(String(head), /^HTTP\/1.1 101/);
  socket.pause();
  return socket;
}

test('SIGTERM: running requests end, no new ones are taken, then exit code 0 and no database', async () => {
  const dataDir = join(place, 'data');
  const server = await spawnServer({ dataDir });
  const { alice } = await cast(server.url, 'alice');
  const photo: TestPicture = {
    name: 'x.png',
    type: 'image/png',
    bytes: await picture(gradient(600, 600)).png({ compressionLevel: 0 }).toBuffer(),
  };
  const [grant] = await alice.announce(photo);
  assert.ok(grant);
  const agent = new Agent({ keepAlive: true });
  const put = beginPut(alice, grant, photo, agent);
  const line = await alice.line();
  const deaf = await openDeafLine(server.url);
  const database = await findEmbedded(dataDir);

  const stopping = server.says('stopping: no new work');
  const ended = server.end('SIGTERM');
  await stopping;
  assert.equal(await line.closed, CLOSE_CODES.shutting_down, 'open pages are told');
  await assert.rejects(fetch(`${server.url}/health`), 'nobody new is let in');
  put.finish();
  const began = performance.now();
  const answer = await put.answer;
  assert.equal(answer.status, 200, answer.body);
  assert.equal(await ended, 0, server.output());
  const took = performance.now() - began;
  assert.ok(took < 15_000, `${took} ms: it waits for nobody who has nothing more to say`);
  deaf.destroy();
  agent.destroy();
  await assert.rejects(access(join(dataDir, 'postgres', 'postmaster.pid')));
  assert.throws(() => process.kill(database.pid, 0), { code: 'ESRCH' });

  const again = await spawnServer({ dataDir });
  alice.base = again.url;
  await alice.published(alice.confirm([grant]));
  alice.leave();
  assert.equal(await again.end('SIGTERM'), 0);
});

test('a second process on the same data folder refuses, and the first does not notice', async () => {
  const dataDir = join(place, 'data');
  const first = await spawnServer({ dataDir });
  await assert.rejects(spawnServer({ dataDir }), (error: Error) => {
    assert.match(error.message, new RegExp(`Another Aperto is running .*pid ${first.pid}`));
    assert.match(error.message, /it ended \(1\)/);
    return true;
  });
  const { bob } = await cast(first.url, 'bob');
  await bob.published(bob.post());
  bob.leave();
  assert.equal(await first.end('SIGTERM'), 0);
});

test('on a connection that stays open, a request that comes too late is told to come back', async () => {
  const server = await spawnServer({ dataDir: join(place, 'data') });
  const { carol } = await cast(server.url, 'carol');
  const photo = { name: 'x', type: 'image/png', bytes: Buffer.alloc(5000) } as const;
  const [grant] = await carol.announce(photo);
  assert.ok(grant);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const put = beginPut(carol, grant, photo, agent);
  // Waits in the agent for the one connection.
  const late = request(`${server.url}/api/v1/feed/home`, { agent }).end();
  const answer = once(late, 'response') as Promise<[IncomingMessage]>;
  const stopping = server.says('stopping: no new work');
  const ended = server.end('SIGTERM');
  await stopping;
  put.finish();
  assert.equal((await put.answer).status, 200);
  const told = await answer.then(
    async ([response]) => {
      const body = JSON.parse(await text(response));
      return demandRefusal(null, response.statusCode ?? 0, body).error.code;
    },
    (error) => error.code,
  );
  // Either it is told, or the connection has been closed: never an answer of a half-closed server.
  assert.ok(['shutting_down', 'ECONNREFUSED', 'ECONNRESET'].includes(told), told);
  assert.equal(await ended, 0, server.output());
  agent.destroy();
});
