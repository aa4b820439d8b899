import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { Agent, type ClientRequest, request } from 'node:http';
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
import { findEmbedded, killSpawned, spawnServer } from '../server.ts';
import { until, within } from '../within.ts';

let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-drain-'));
});
after(async () => {
  killSpawned();
  await rm(place, { recursive: true });
});

/** A request that has begun to send its bytes over a connection that is kept open. */
function beginPut(person: Person, grant: UploadGrant, { bytes }: TestPicture, agent: Agent) {
  const headers = { ...grant.headers, 'content-length': String(bytes.length) };
  const url = new URL(grant.url, person.base);
  const sender: ClientRequest = request(url, { method: 'PUT', headers, agent });
  sender.write(bytes.subarray(0, 1000));
  const answer = once(sender, 'response').then(async ([response]) => ({
    status: Number(response.statusCode),
    body: await text(response),
  }));
  return { answer, finish: () => sender.end(bytes.subarray(1000)) };
}

/** Waits until the server has begun to write down what is being sent. */
async function untilArriving(dataDir: string): Promise<void> {
  const drafts = async () => readdir(join(dataDir, 'blobs', 'tmp'));
  await until(async () => (await drafts()).length > 0, 'bytes arrive');
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

/** Either one is told, or the connection is closed: never an answer of a half-closed server. */
const NO = ['shutting_down', 'ECONNREFUSED', 'ECONNRESET'];

async function whatNow(base: string): Promise<string> {
  try {
    const answer = await fetch(`${base}/api/v1/users/alice`);
    return demandRefusal(null, answer.status, await answer.json()).error.code;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code ?? String(error);
  }
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
  await untilArriving(dataDir);
  const line = await alice.line();
  const deaf = await openDeafLine(server.url);
  // A browser opens connections ahead of need and may never ask anything on them.
  const mute = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(mute, 'connect');
  const database = await findEmbedded(dataDir);

  const stopping = server.says('stopping: no new work');
  const ended = server.end('SIGTERM');
  await stopping;
  assert.equal(await within(line.closed, 'goodbye'), CLOSE_CODES.shutting_down);
  assert.ok(NO.includes(await whatNow(server.url)), 'nobody new is let in');
  put.finish();
  const began = performance.now();
  const answer = await put.answer;
  assert.equal(answer.status, 200, answer.body);
  assert.equal(await ended, 0, server.output());
  const took = performance.now() - began;
  assert.ok(took < 15_000, `${took} ms: it waits for nobody who has nothing more to say`);
  for (const socket of [deaf, mute]) socket.destroy();
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
  const dataDir = join(place, 'data');
  const server = await spawnServer({ dataDir });
  const { carol } = await cast(server.url, 'carol');
  const photo = { name: 'x', type: 'image/png', bytes: Buffer.alloc(5000) } as const;
  const [grant] = await carol.announce(photo);
  assert.ok(grant);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const put = beginPut(carol, grant, photo, agent);
  await untilArriving(dataDir);
  // Waits in the agent for the one connection.
  const late = request(`${server.url}/api/v1/feed/home`, { agent }).end();
  const told = once(late, 'response').then(
    async ([response]) => {
      const body = JSON.parse(await text(response));
      return demandRefusal(null, response.statusCode, body).error.code;
    },
    (error) => error.code,
  );
  const stopping = server.says('stopping: no new work');
  const ended = server.end('SIGTERM');
  await stopping;
  put.finish();
  assert.equal((await put.answer).status, 200);
  assert.ok(NO.includes(await told), await told);
  assert.equal(await ended, 0, server.output());
  agent.destroy();
});
