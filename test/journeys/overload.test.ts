import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';
import type { ErrorBody } from '../../api/errors.ts';
import type { Post } from '../../api/posts.ts';
import { admissionOf } from '../../server/http/admission/admission.ts';
import type { WorkClass } from '../../server/http/admission/classes.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { until, within } from '../within.ts';

/** As many as may be under way: below the least that the limit ever falls to, so it stands still. */
const ROOM = 10;
/** How many may be before each class is refused. */
const ROOM_OF: Readonly<Record<WorkClass, number>> = {
  count: 4,
  list: 6,
  write: 7,
  keep: 9,
  read: 10,
};

let server: TestServer;
let people: Person[];
let post: Post;

before(async () => {
  server = await openTestServer({ settings: { OVERLOAD: String(ROOM) } });
  const { alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol');
  people = [alice, bob, carol];
  post = await alice.published(alice.post());
});
after(async () => {
  for (const person of people) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const underWay = () => admissionOf(server.ctx).admission?.underWay ?? 0;

/** Opened also where a test fails. */
const gates: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const openGate of gates.splice(0)) await openGate();
});

/** From now on every read of drafts waits, until the returned function is called. */
async function closeGate(): Promise<() => Promise<void>> {
  const open = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const over = server.ctx.db.transaction(async (tx) => {
    await tx.query('lock table drafts in access exclusive mode');
    closed.resolve();
    await open.promise;
  });
  await Promise.race([closed.promise, over]);
  const openGate = async () => {
    open.resolve();
    await over;
  };
  gates.push(openGate);
  return openGate;
}

const somebody = (n: number) => people[n % people.length] as Person;

async function send(method: string, path: string, person: Person) {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${person.token}` },
  });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const ask = (workClass: WorkClass, person: Person) => {
  if (workClass === 'read') return send('GET', '/drafts', person);
  if (workClass === 'list') return send('GET', '/hashtags?q=x', person);
  if (workClass === 'count') return send('POST', `/posts/${post.post_id}/like`, person);
  if (workClass === 'keep') return send('POST', '/posts/confirm', person);
  return send('PUT', `/users/${person.username}`, person);
};

/** Reads that wait at the gate, as many as are under way then. */
async function fill(count: number, waiting: Promise<{ status: number }>[]): Promise<void> {
  while (waiting.length < count) waiting.push(ask('read', somebody(waiting.length)));
  await until(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return underWay() === count;
  }, `${count} requests are under way`);
}

function demandOverload({ status, headers, body }: Awaited<ReturnType<typeof send>>, what: string) {
  const { error } = body as ErrorBody;
  assert.deepEqual([status, error.code], [503, 'overloaded'], what);
  const seconds = Number(headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 3, `${seconds} s`);
  assert.equal(error.details?.retry_after, seconds);
  assert.equal(headers.get('cache-control'), 'no-store');
}

describe('a server that is asked for more than it can do', () => {
  it('refuses the least wanted first, ends what it began, and takes everything again', async () => {
    const photo = colourPicture();
    const [grant] = await somebody(0).announce(photo);
    assert.ok(grant);
    const upload = beginPut(new URL(grant.url, server.url), grant.headers, photo.bytes);
    const openGate = await closeGate();
    const waiting: Promise<{ status: number }>[] = [];
    for (const workClass of ['count', 'list', 'write', 'keep', 'read'] as const) {
      await fill(ROOM_OF[workClass], waiting);
      demandOverload(await ask(workClass, somebody(1)), workClass);
    }
    assert.equal(underWay(), ROOM);
    upload.finish();
    assert.equal((await upload.answer).status, 200, 'an upload that has begun goes on');
    const page = await fetch(`${server.url}/robots`);
    assert.equal(page.status, 503);
    assert.match(await page.text(), /^The server has more to do/, 'a page says it in words');
    await openGate();
    for (const one of await within(Promise.all(waiting), 'what was begun ends')) {
      assert.equal(one.status, 200);
    }
    assert.equal(underWay(), 0);
    for (const workClass of ['count', 'list', 'read'] as const) {
      assert.equal((await ask(workClass, somebody(1))).status, 200);
    }
  });

  it('answers on the same line afterwards, whatever was refused on it', async () => {
    const openGate = await closeGate();
    const waiting: Promise<{ status: number }>[] = [];
    await fill(ROOM, waiting);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const path = `/api/v1/posts/${post.post_id}`;
    const on = (method: string, body?: string) =>
      new Promise<number>((resolve, reject) => {
        const asked = request(server.url + path, {
          method,
          agent,
          headers: { 'content-length': body?.length ?? 0 },
        });
        asked.on('response', (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
        });
        asked.on('error', reject);
        asked.end(body);
      });
    assert.equal(await on('GET'), 503);
    assert.equal(await on('HEAD'), 503);
    assert.equal(await on('PUT', JSON.stringify({ caption: 'x'.repeat(100_000) })), 503);
    assert.equal(await on('GET'), 503);
    await openGate();
    await Promise.all(waiting);
    assert.equal(await on('GET'), 200);
    agent.destroy();
  });

  // Last: who was the cause is remembered for a second.
  it('tells one who alone asks too much', async () => {
    const [alice, bob, carol] = people as [Person, Person, Person];
    const openGate = await closeGate();
    const waiting: Promise<{ status: number }>[] = [];
    await fill(ROOM, waiting);
    const answers = [];
    for (let n = 0; n < 40; n += 1) answers.push(await ask('read', alice));
    const last = answers.at(-1) as Awaited<ReturnType<typeof send>>;
    const { error } = last.body as ErrorBody;
    assert.deepEqual([last.status, error.code], [429, 'too_many_requests']);
    assert.equal(error.details?.retry_after, Number(last.headers.get('retry-after')));
    for (const person of [bob, carol]) demandOverload(await ask('read', person), person.username);
    await openGate();
    await Promise.all(waiting);
  });
});

/** A request that has sent half of its bytes. */
function beginPut(url: URL, headers: Readonly<Record<string, string>>, bytes: Buffer) {
  const sender = request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(bytes.length) },
  });
  const half = bytes.length >> 1;
  sender.write(bytes.subarray(0, half));
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    sender.on('error', reject);
    sender.on('response', async (response) => {
      resolve({ status: Number(response.statusCode), body: await text(response) });
    });
  });
  return { answer, finish: () => sender.end(bytes.subarray(half)) };
}
