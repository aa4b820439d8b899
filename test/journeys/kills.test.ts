import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { PostId } from '../../api/ids.ts';
import type { UploadGrant } from '../../api/media.ts';
import type { Post } from '../../api/posts.ts';
import type { Db } from '../../server/ports/db/db.ts';
import { openPostgres } from '../../server/ports/db/postgres.ts';
import { cast, join, type Person, refusal } from '../cast.ts';
import { Refused } from '../client.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { findEmbedded, killSpawned, type SpawnedServer, spawnServer } from '../server.ts';
import { until } from '../within.ts';

let dataDir: string;
let server: SpawnedServer;
let db: Db;
let alice: Person;
let bob: Person;
const everyone: Person[] = [];

before(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'aperto-kills-'));
  await start();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
  everyone.push(alice, bob);
  await bob.follow(alice);
});
after(async () => {
  for (const person of everyone) person.leave();
  await db.close();
  const code = await server.end('SIGTERM');
  killSpawned();
  assert.equal(code, 0);
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<void> {
  server = await spawnServer({ dataDir });
  const { url } = await findEmbedded(dataDir);
  db = openPostgres({
    url,
    maxConnections: 4,
    applicationName: 'aperto-test',
    statementTimeoutMs: 60_000,
    // The database goes down under it, and the test knows.
    log: { warn() {} },
  });
  for (const person of everyone) person.base = server.url;
}

/** Pulls the plug. Sockets of the cast go with it. */
async function kill(): Promise<void> {
  assert.equal(await server.end('SIGKILL'), 'SIGKILL');
}

async function startAgain(): Promise<void> {
  for (const person of everyone) person.leave();
  await db.close();
  await start();
}

/** A large file; the bytes are a picture, and then noise. */
async function largePhoto(): Promise<TestPicture> {
  const photo = await picture(gradient(1600, 1200)).png({ compressionLevel: 0 }).toBuffer();
  return { name: 'large.png', type: 'image/png', bytes: photo };
}

/** Sends the first half of the bytes and then nothing more. */
function putHalf(person: Person, grant: UploadGrant, bytes: Buffer): void {
  const headers = { ...grant.headers, 'content-length': String(bytes.length) };
  const sender = request(new URL(grant.url, person.base), { method: 'PUT', headers });
  // Its other end is about to be killed.
  sender.on('error', () => {});
  sender.write(bytes.subarray(0, bytes.length / 2));
}

async function drafts(): Promise<number[]> {
  const folder = joinPath(dataDir, 'blobs', 'tmp');
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => (await stat(joinPath(folder, name))).size));
}

test('killed during an upload: nothing is there, and the same address takes the bytes again', async () => {
  const photo = await largePhoto();
  const [grant] = await alice.announce(photo);
  assert.ok(grant);
  putHalf(alice, grant, photo.bytes);
  await until(async () => (await drafts()).some((size) => size > 0), 'bytes arrive');
  await kill();
  await startAgain();
  const key = new URL(grant.url, server.url).pathname.replace('/uploads/', '');
  await assert.rejects(stat(joinPath(dataDir, 'blobs', key)), { code: 'ENOENT' });
  const early = await refusal(alice.confirm([grant]));
  assert.equal(early.code, 'upload_incomplete');
  assert.equal((await alice.put(grant, photo.bytes)).status, 200);
  const post = await alice.published(alice.confirm([grant]));
  await demandWhole(post);
});

test('killed as soon as a confirm is answered: the post is there and is published', async () => {
  const sent: Post[] = [];
  for (let round = 0; round < 2; round += 1) {
    const grants = await alice.upload(colourPicture(), await largePhoto());
    sent.push(await alice.confirm(grants, { caption: `round ${round}` }));
    await kill();
    await startAgain();
  }
  for (const post of sent) {
    const seen = await alice.processed(post);
    assert.equal(seen.status, 'published');
    assert.equal(seen.caption, post.caption);
    await demandWhole(seen);
  }
  const ids = sent.map((post) => post.post_id);
  await until(async () => {
    const feed = await bob.wholeFeed();
    return ids.every((id) => feed.includes(id));
  }, 'the follower sees them');
  const feed = await bob.wholeFeed();
  assert.equal(new Set(feed).size, feed.length);
});

const FOLLOWERS = 3000;

/** People who follow `person`, written straight into the tables; the last of them in order of ids is given. */
async function addFollowers(person: Person): Promise<string> {
  // Below every id that the server makes now.
  const first = 1_000_000;
  const range = `generate_series(${first}, ${first + FOLLOWERS - 1}) as n`;
  await db.script(`
    insert into people (person_id, username, full_name, created_at)
      select n, 'fan' || n, 'Fan', now() from ${range};
    insert into person_counts (person_id) select n from ${range};
    insert into follows_by_follower (follower_id, followee_id, follow_id, created_at)
      select n, ${person.id}, n, now() from ${range};
    insert into follows_by_followee (follower_id, followee_id, follow_id, created_at)
      select n, ${person.id}, n, now() from ${range};`);
  return String(first + FOLLOWERS - 1);
}

/** Runs a statement in a transaction that stays open until it is let go, then leaves no trace. */
async function hold(text: string, params: readonly string[] = []): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const over = db
    .transaction(async (tx) => {
      await tx.query(text, params);
      taken.resolve();
      await gate.promise;
      throw new Error('let go');
    })
    .catch(() => taken.resolve()); // rolled back by us, or by the end of the database
  await taken.promise;
  return () => {
    gate.resolve();
    return over;
  };
}

test('killed in the middle of a fan-out: every feed has the post, once', async () => {
  const carol = await join(server.url, 'carol');
  everyone.push(carol);
  await bob.follow(carol);
  const last = await addFollowers(carol);
  const unpublish = await hold('lock table posts_by_author in share mode');
  const post = await carol.post();
  const entry = [last, post.post_id, carol.id];
  const block = await hold(
    'insert into feed_entries (person_id, post_id, author_id) values ($1, $2, $3)',
    entry,
  );
  await unpublish();
  await until(async () => {
    const waiting = await db.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%feed_entries%'`,
    );
    return waiting.length > 0;
  }, 'the fan-out waits for the last feed');
  await kill();
  await block();
  await startAgain();
  await untilDelivered([post.post_id]);
  const feed = await bob.wholeFeed();
  assert.equal(feed.filter((id) => id === post.post_id).length, 1);
});

/** Waits until each post is in the feed of its author and of everyone who follows them; never in another, never twice. */
async function untilDelivered(postIds: readonly PostId[]): Promise<void> {
  const count = `
    select p.post_id, 1 + (select count(*) from follows_by_followee f where f.followee_id = p.author_id) as due,
      (select count(*) from feed_entries e where e.post_id = p.post_id) as entries,
      (select count(distinct e.person_id) from feed_entries e where e.post_id = p.post_id) as people
    from posts p where p.post_id = any($1::bigint[]) order by p.post_id`;
  await until(async () => {
    const rows = await db.query<Record<'due' | 'entries' | 'people', string>>(count, [postIds]);
    assert.equal(rows.length, postIds.length);
    for (const { due, entries, people } of rows) {
      assert.equal(entries, people);
      assert.ok(Number(entries) <= Number(due));
    }
    return rows.every(({ due, entries }) => due === entries);
  }, 'every feed has every post');
}

/** What clients were told, and what they may try again because they were told nothing. */
interface Journal {
  readonly posts: { author: Person; post: Post }[];
  readonly comments: string[];
  readonly likes: Set<string>;
  readonly open: (() => Promise<void>)[];
}

const journal: Journal = { posts: [], comments: [], likes: new Set(), open: [] };
let wishes = 0;

async function tryPost(author: Person): Promise<void> {
  const caption = `wish-${++wishes}`;
  const grants = await author.upload(colourPicture());
  const send = async () => {
    const post = await author.confirm(grants, { caption, key: caption });
    journal.posts.push({ author, post });
  };
  await orLater(send);
}

async function tryComment(person: Person, post: Post): Promise<void> {
  const text = `wish-${++wishes}`;
  await orLater(async () => {
    await person.comment(post, text, text);
    journal.comments.push(text);
  });
}

async function tryLike(person: Person, post: Post): Promise<void> {
  await orLater(async () => {
    await person.like(post);
    journal.likes.add(`${post.post_id} ${person.id}`);
  });
}

/** Without an answer nobody knows whether it happened: the client tries again after the restart. */
async function orLater(send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof Refused)) journal.open.push(send);
    throw error;
  }
}

/** Acts until the server is gone. */
async function live(person: Person, posts: readonly Post[], acted: () => void): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const post = posts[turn % posts.length];
    assert.ok(post);
    try {
      if (turn % 3 === 0) await tryPost(person);
      else if (turn % 3 === 1) await tryComment(person, post);
      else await tryLike(person, post);
    } catch (error) {
      if (error instanceof Refused) throw error;
      return;
    }
    acted();
  }
}

test('killed again and again under load: all that was acknowledged is there, once', async () => {
  const people = [...everyone, await join(server.url, 'dan'), await join(server.url, 'erin')];
  everyone.push(...people.slice(-2));
  const posts = [await alice.published(alice.post()), await bob.published(bob.post())];
  for (const acts of [25, 40, 60]) {
    let left = acts;
    const plug = Promise.withResolvers<void>();
    const acted = () => {
      left -= 1;
      if (left === 0) plug.resolve(kill());
    };
    await Promise.all([plug.promise, ...people.map((person) => live(person, posts, acted))]);
    await startAgain();
    for (const again of journal.open.splice(0)) await again();
    await demandJournal();
  }
  assert.ok(journal.posts.length > 20 && journal.comments.length > 20 && journal.likes.size > 5);
  for (const { author, post } of journal.posts) await demandWhole(await author.see(post));
});

test('killed in a storm of likes: every count is that of its rows, and what was answered holds', async () => {
  const post = await alice.published(alice.post());
  for (const acts of [60, 150]) {
    let left = acts;
    const plug = Promise.withResolvers<void>();
    /** What each was told last, and what they asked for without an answer. */
    const told = new Map<Person, boolean>();
    const open = new Set<Person>();
    // Every other one stops in time, and knows for certain what they were told.
    const toggle = async (person: Person, n: number) => {
      const last = n % 2 === 0 ? Number.POSITIVE_INFINITY : n + 5;
      for (let act = 0; act < last; act += 1) {
        const liked = act % 2 === 0;
        try {
          await (liked ? person.like(post) : person.unlike(post));
        } catch (error) {
          if (error instanceof Refused) throw error;
          open.add(person);
          return;
        }
        told.set(person, liked);
        left -= 1;
        if (left === 0) plug.resolve(kill());
      }
    };
    await Promise.all([plug.promise, ...everyone.map(toggle)]);
    await startAgain();
    await demandConsistent();
    const likes = await db.query<{ person_id: string }>(
      'select person_id from likes_by_post where post_id = $1 order by person_id',
      [post.post_id],
    );
    const likers = new Set(likes.map((row) => row.person_id));
    for (const [person, liked] of told) {
      // Without an answer a wish may have been written or not.
      if (!open.has(person)) assert.equal(likers.has(person.id), liked);
    }
    for (const person of everyone) await person.unlike(post);
    assert.equal((await alice.like(post)).likes_count, 1);
    await alice.unlike(post);
  }
  await demandConsistent();
});

async function demandJournal(): Promise<void> {
  for (const { author, post } of journal.posts) {
    assert.equal((await author.processed(post)).status, 'published');
  }
  await untilDelivered(journal.posts.map(({ post }) => post.post_id));
  const written = await db.query<{ text: string; n: string }>(
    `select text, count(*) as n from (
       select text from comments union all select caption from posts where caption like 'wish-%') as w
     group by text order by text`,
  );
  const counts = new Map(written.map(({ text, n }) => [text, n]));
  for (const text of [...journal.comments, ...journal.posts.map(({ post }) => post.caption)]) {
    assert.equal(counts.get(text), '1', text);
  }
  const likes = await db.query<{ post_id: string; person_id: string }>(
    'select post_id, person_id from likes_by_post order by 1, 2',
  );
  const liked = new Set(likes.map(({ post_id, person_id }) => `${post_id} ${person_id}`));
  for (const like of journal.likes) assert.ok(liked.has(like), like);
  await demandConsistent();
}

/** What is kept twice agrees with itself. */
async function demandConsistent(): Promise<void> {
  const wrong = await db.query(`
    select 'counts of a post' as what, c.post_id as id from (
        select post_id, sum(likes) as likes, sum(comments) as comments from post_counts group by post_id) c
      where c.likes <> (select count(*) from likes_by_post l where l.post_id = c.post_id)
        or c.comments <> (select count(*) from comments m where m.post_id = c.post_id)
    union all
    select 'likes', a.post_id from likes_by_post a full join likes_by_person b
      on b.post_id = a.post_id and b.person_id = a.person_id and b.like_id = a.like_id
      where a.post_id is null or b.post_id is null
    union all
    select 'posts of a person', c.person_id from person_counts c
      where c.posts <> (select count(*) from posts_by_author p where p.author_id = c.person_id)
        or c.posts <> (select count(*) from posts p where p.author_id = c.person_id and p.status = 'published')
    union all
    select 'an upload', u.upload_id from uploads u left join posts p on p.post_id = u.used_by_post
      where u.used_by_post is not null and p.post_id is null
    order by 1, 2`);
  assert.deepEqual(wrong, []);
}

/** Every file of a post is served whole: it is what its name says, and a picture. */
async function demandWhole(post: Post): Promise<void> {
  for (const { sizes } of post.media) {
    assert.ok(sizes);
    for (const rendition of Object.values(sizes)) {
      for (const address of [rendition.url, rendition.webp]) {
        const answer = await fetch(new URL(address, server.url));
        assert.equal(answer.status, 200);
        const bytes = Buffer.from(await answer.arrayBuffer());
        const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
        assert.equal(answer.headers.get('etag'), `"${digest}"`, address);
        const { width, height } = await sharp(bytes).metadata();
        assert.deepEqual([width, height], [rendition.width, rendition.height]);
      }
    }
  }
}
