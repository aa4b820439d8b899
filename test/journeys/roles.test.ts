import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { listSessions, logout } from '../../api/people.ts';
import { CLOSE_CODES } from '../../api/realtime.ts';
import { cast, Person, refusal } from '../cast.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { colourPicture } from '../pictures.ts';
import {
  killSpawned,
  openTestServer,
  type Settings,
  spawnServer,
  type TestServer,
} from '../server.ts';
import { until, within } from '../within.ts';

let place: string;
let database: TestDatabase;
const running: TestServer[] = [];

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-roles-'));
  database = await openTestDatabase();
});
after(async () => {
  killSpawned();
  for (const server of running) await server.stop();
  await database.drop();
  await rm(place, { recursive: true });
});

/** What several processes of one Aperto have in common. */
const shared = (roles: string): Settings => ({
  ROLES: roles,
  DATABASE_URL: database.url,
  BUS_URL: 'postgres:',
  APERTO_SECRET: 'the same secret for every process of it',
  BLOBS_URL: `file:${join(place, 'blobs')}`,
});

async function start(roles: string, aheadMs = 0): Promise<TestServer> {
  const millis = () => Date.now() + aheadMs;
  const clock = { millis, now: () => new Date(millis()) };
  const server = await openTestServer({ clock, settings: shared(roles) });
  running.push(server);
  return server;
}

/** The same person, asking another process. */
const at = (server: TestServer, { session }: Person) => new Person(server.url, session);

test('two processes on one database: no id is given twice, and both tell of what happens in the other', async () => {
  const [one, two] = await Promise.all([start('all'), start('all')]);
  const { alice, bob } = await cast(one.url, 'alice', 'bob');
  const bobThere = at(two, bob);
  await bobThere.follow(alice);

  const files = Array.from({ length: 20 }, () => colourPicture());
  const asked = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? alice : at(two, alice)).announce(...files),
    ),
  );
  const ids = asked.flat().map((grant) => grant.upload_id);
  assert.equal(new Set(ids).size, 800);

  const page = await bobThere.line();
  const post = await alice.published(alice.post());
  await page.next('feed.new_post', (message) => message.post_id === post.post_id);
  assert.deepEqual(await bobThere.wholeFeed(), [post.post_id]);
  const own = await alice.line();
  await own.watch(alice.token, post);
  await bobThere.like(post);
  assert.equal((await own.next('post.counts')).likes_count, 1);

  // Known to the second process, ended in the first.
  await bobThere.api(listSessions);
  await bob.api(logout, { body: {} });
  assert.equal(await within(page.closed, 'the socket closes'), CLOSE_CODES.session_ended);
  assert.equal((await refusal(bobThere.api(listSessions))).code, 'unauthenticated');
  for (const person of [alice, bob, bobThere]) person.leave();
});

test('the jobs of a worker process that was killed are taken up by another', async () => {
  const front = await start('read,write,realtime,edge');
  // Those of the test before would take the jobs.
  for (const server of running.splice(0).filter((one) => one !== front)) await server.stop();
  running.push(front);
  const worker = await spawnServer({ dataDir: join(place, 'worker'), settings: shared('worker') });
  const { carol } = await cast(front.url, 'carol');
  await carol.published(carol.post());

  const gate = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const held = database.db.transaction(async (tx) => {
    await tx.query('lock table posts_by_author in share mode');
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  const caught = await carol.post();
  await until(async () => {
    const waiting = await database.db.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%posts_by_author%'`,
    );
    return waiting.length > 0;
  }, 'the job is being done');
  assert.equal(await worker.end('SIGKILL'), 'SIGKILL');
  gate.resolve();
  await held;
  // A process that is two minutes ahead: the dead one's lease has run out.
  await start('worker', 120_000);
  await carol.published(caught);
  assert.equal((await carol.profile()).posts_count, 2);
  carol.leave();
});
