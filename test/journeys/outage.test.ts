import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { homeFeed } from '../../api/feed.ts';
import { login } from '../../api/people.ts';
import type { Post } from '../../api/posts.ts';
import { type Embedded, openEmbedded } from '../../server/ports/db/embedded.ts';
import { openPostgres } from '../../server/ports/db/postgres.ts';
import { cast, PASSWORD, type Person, refusal } from '../cast.ts';
import { ask, type Refused } from '../client.ts';
import { colourPicture } from '../pictures.ts';
import {
  findEmbedded,
  killSpawned,
  openTestServer,
  spawnServer,
  type TestServer,
} from '../server.ts';
import { until } from '../within.ts';

let place: string;
let database: Embedded;
let server: TestServer;
let alice: Person;
let bob: Person;

const quiet = { info() {}, warn() {}, error() {} };
const openDatabase = () => openEmbedded({ dataDir: join(place, 'db'), log: quiet, durable: false });

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-outage-'));
  database = await openDatabase();
  server = await openTestServer({ settings: { DATABASE_URL: database.url } });
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  await bob.follow(alice);
});
after(async () => {
  killSpawned();
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  await database.stop();
  await rm(place, { recursive: true });
});

interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  readonly parts: Readonly<
    Record<'database' | 'blobs' | 'disk', { ok: boolean; problem?: string }>
  >;
}

async function health(base: string, query = ''): Promise<{ status: number; body: Health }> {
  const answer = await fetch(`${base}/health${query}`);
  return { status: answer.status, body: (await answer.json()) as Health };
}

function demandUnavailable(error: Refused): void {
  assert.deepEqual([error.status, error.code], [503, 'database_unavailable']);
  assert.ok(Number(error.headers.get('retry-after')) >= 1);
  assert.equal(error.details.retry_after, Number(error.headers.get('retry-after')));
}

/** A post whose publication has begun and cannot end: its job runs when the database goes. */
async function postInTheMiddle(): Promise<Post> {
  const own = openPostgres({
    url: database.url,
    maxConnections: 3,
    applicationName: 'aperto-test',
    statementTimeoutMs: 60_000,
    log: quiet,
  });
  const locked = Promise.withResolvers<void>();
  own
    .transaction(async (tx) => {
      await tx.query('lock table posts_by_author in share mode');
      locked.resolve();
      await new Promise(() => {});
    })
    .catch(() => {}); // it ends with the database
  await locked.promise;
  const post = await alice.post();
  await until(async () => {
    const waiting = await own.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%posts_by_author%'`,
    );
    return waiting.length > 0;
  }, 'the job waits');
  return post;
}

test('while the database is away every answer says so; then all is well, and no work was lost', async () => {
  const unseen = await alice.published(alice.post());
  const early = await alice.published(alice.post());
  const [grant] = await alice.announce(colourPicture());
  assert.ok(grant);
  const line = await bob.line();
  assert.equal((await health(server.url)).status, 200);
  const caught = await postInTheMiddle();
  const sizes = early.media[0]?.sizes;
  assert.ok(sizes);
  assert.equal((await fetch(server.url + sizes.large.url)).status, 200);

  await database.stop();
  demandUnavailable(await refusal(bob.api(homeFeed)));
  demandUnavailable(await refusal(bob.like(early)));
  demandUnavailable(await refusal(alice.announce(colourPicture())));
  demandUnavailable(await refusal(alice.confirm([grant])));
  const body = { username: 'alice', password: PASSWORD };
  demandUnavailable(await refusal(ask(server.url, null, login, { body })));
  const sick = await health(server.url);
  assert.equal(sick.status, 503);
  const { parts } = sick.body;
  assert.deepEqual(
    [sick.body.live, sick.body.ready, parts.database.ok, parts.blobs.ok, parts.disk.ok],
    [true, false, false, true, true],
  );
  assert.ok(parts.database.problem);
  assert.equal((await health(server.url, '?probe=live')).status, 200, 'nobody should restart it');
  const open = await fetch(server.url + sizes.medium.url);
  assert.equal(
    open.status,
    200,
    'pictures that were just known to be for everyone are still served',
  );
  const known = await fetch(server.url + unseen.media[0]?.sizes?.large.url);
  assert.equal(known.status, 200, 'nothing can change meanwhile, so what memory knows is true');
  // Whether there is such a post, and for whom, nobody can say now.
  const other = String(BigInt(unseen.post_id) - 1n);
  const address = String(unseen.media[0]?.sizes?.large.url).replace(unseen.post_id, other);
  const shut = await fetch(server.url + address);
  assert.equal(shut.status, 503);
  assert.ok(Number(shut.headers.get('retry-after')) > 0);

  database = await openDatabase();
  await until(async () => (await health(server.url)).status === 200, 'the server is well again');
  assert.equal((await bob.feed()).posts[0]?.post_id, early.post_id);
  await bob.like(early);
  await until(
    async () => (await alice.see(caught)).status === 'published',
    'the job is done again',
  );
  const late = await alice.published(alice.post());
  await line.next('feed.new_post', (message) => message.post_id === late.post_id);
  const ids = [late, caught, early, unseen].map((post) => post.post_id);
  assert.deepEqual(await bob.wholeFeed(), ids);
});

test('the embedded database is killed again and again: it comes back by itself, and so do the jobs', async () => {
  const dataDir = join(place, 'own');
  const own = await spawnServer({ dataDir });
  const { carol } = await cast(own.url, 'carol');
  for (let round = 0; round < 3; round += 1) {
    const grants = await carol.upload(colourPicture(), colourPicture());
    const post = await carol.confirm(grants);
    const { pid } = await findEmbedded(dataDir);
    const back = own.says('PostgreSQL is running again');
    process.kill(pid, 'SIGKILL');
    await back;
    await until(async () => (await health(own.url)).status === 200, `well again ${round}`);
    await carol.published(post);
    assert.equal((await carol.profile()).posts_count, round + 1);
  }
  carol.leave();
  assert.equal(await own.end('SIGTERM'), 0, own.output());
});
