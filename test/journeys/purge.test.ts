import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { likeComment } from '../../api/comments.ts';
import { pinPost } from '../../api/own-posts.ts';
import { editPost, type Post } from '../../api/posts.ts';
import type { Context } from '../../server/context.ts';
import { mediaOfPosts } from '../../server/features/media/hydrate.ts';
import { sweepUploads } from '../../server/features/media/sweep.ts';
import { restorePost } from '../../server/features/posts/delete.ts';
import { processPost } from '../../server/features/posts/process.ts';
import { purgePost } from '../../server/features/privacy/purge-post.ts';
import { sweepEvents } from '../../server/kernel/events.ts';
import { sweepIdempotencyKeys } from '../../server/kernel/idempotency.ts';
import { cast, type Person } from '../cast.ts';
import { colourPicture } from '../pictures.ts';
import { holdClock, openTestServer, type TestServer } from '../server.ts';

const DAY_MS = 24 * 3600 * 1000;
const clock = holdClock();
let server: TestServer;
let alice: Person;
let bob: Person;
let carol: Person;

before(async () => {
  server = await openTestServer({ clock });
  ({ alice, bob, carol } = await cast(server.url, 'alice', 'bob', 'carol'));
  await bob.follow(alice);
  await carol.follow(alice);
});
after(async () => {
  for (const person of [alice, bob, carol]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** Every column of ours that can hold an id: as a number, in a list, or in a document. */
async function columns(): Promise<{ table: string; column: string }[]> {
  return server.ctx.db.query<{ table: string; column: string }>(
    `select c.table_name as table, c.column_name as column
     from information_schema.columns c
     join information_schema.tables t
       on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and (c.data_type in ('bigint', 'jsonb', 'json', 'ARRAY', 'text'))
     order by 1, 2`,
  );
}

/** Where in the database an id still stands. */
async function tracesOf(id: string): Promise<string[]> {
  const traces: string[] = [];
  for (const { table, column } of await columns()) {
    const [row] = await server.ctx.db.query<{ found: boolean }>(
      `select exists (select from ${table} where ${column}::text ~ ('(^|[^0-9])' || $1 || '([^0-9]|$)'))
         as found`,
      [id],
      { prepare: false },
    );
    if (row?.found) traces.push(`${table}.${column}`);
  }
  return traces;
}

/** Every file of the store, by its keys; contents are links of them, and go with the last. */
const files = () => filesIn(server.dataDir);

async function filesIn(dataDir: string): Promise<string[]> {
  const root = join(dataDir, 'blobs');
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.parentPath !== root)
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(root, 'objects')))
    .toSorted();
}

/** What the server does by itself within a month. */
async function aMonthLater(): Promise<void> {
  clock.advance(31 * DAY_MS);
  await sweepUploads(server.ctx);
  await sweepEvents(server.ctx);
  await sweepIdempotencyKeys(server.ctx);
}

async function richPost(): Promise<Post> {
  const tagged = [{ username: 'bob', x: 0.5, y: 0.5 }];
  const post = await alice.published(
    alice.post([colourPicture(), colourPicture()], {
      caption: 'All of it #dawn @carol',
      media: [{ alt: 'one', tagged }, { alt: 'two' }],
      key: 'wish',
    }),
  );
  const params = { post_id: post.post_id };
  await alice.api(pinPost, { params });
  await bob.like(post);
  await carol.like(post);
  const comment = await bob.comment(post, 'first');
  await alice.comment(post, 'second');
  await carol.api(likeComment, { params: { ...params, comment_id: comment.comment_id } });
  await alice.api(editPost, { params, body: { caption: 'Less of it' } });
  return post;
}

test('a purge leaves nothing of a post, neither rows nor files, and everything of others', async () => {
  const before = await files();
  const other = await alice.published(alice.post());
  await bob.like(other);
  const kept = await files();
  const post = await richPost();
  const media = post.media.map(({ media_id }) => media_id);
  // As of an event that went the slow way.
  await server.ctx.db.query(
    `insert into post_event_positions (post_id, consumer, seq) values ($1, 'a consumer', 1)`,
    [post.post_id],
  );
  const there = await tracesOf(post.post_id);
  for (const where of [
    'comment_likes.post_id',
    'comments.post_id',
    'feed_entries.post_id',
    'likes_by_person.post_id',
    'likes_by_post.post_id',
    'media.post_id',
    'pinned_posts.post_id',
    'post_counts.post_id',
    'post_event_positions.post_id',
    'post_events.post_id',
    'post_revisions.post_id',
    'posts.post_id',
    'posts_by_author.post_id',
    'tagged_posts.post_id',
    'uploads.used_by_post',
  ]) {
    assert.ok(there.includes(where), `${where} of ${there}`);
  }
  assert.ok((await files()).length >= kept.length + 14, 'two originals, and six of each');

  await alice.delete(post);
  await purgePost(server.ctx, post.post_id);
  assert.ok((await tracesOf(post.post_id)).includes('posts_put_away.post_id'), 'not yet');
  await aMonthLater();
  await purgePost(server.ctx, post.post_id);
  for (const id of [post.post_id, ...media]) assert.deepEqual(await tracesOf(id), []);
  assert.deepEqual(await files(), kept);
  assert.ok(kept.length > before.length);
  await purgePost(server.ctx, post.post_id);

  const counts = await server.ctx.db.query<{ likes: number }>(
    'select likes from post_counts where post_id = $1',
    [other.post_id],
  );
  assert.deepEqual(counts, [{ likes: 1 }]);
});

test('files of pictures that never came to be shown go, too', async () => {
  // Without a worker: what it does is done here, step by step.
  const settings = {
    ROLES: 'read,write,realtime,edge',
    APERTO_SECRET: 'of this test alone '.repeat(3),
    BUS_URL: 'postgres:',
  };
  const idle = await openTestServer({ clock, settings });
  const { ctx } = idle;
  const { dan } = await cast(idle.url, 'dan');
  const confirm = async () => dan.confirm(await dan.upload(colourPicture(), colourPicture()));
  try {
    const failed = await confirm();
    const [, second] = (await mediaOfPosts(ctx.db, [failed.post_id])).get(failed.post_id) ?? [];
    assert.ok(second);
    await ctx.blobs.write(
      second.original_key,
      Buffer.from('it was a picture when it was confirmed'),
    );
    await processPost(ctx, failed.post_id);
    assert.equal((await dan.see(failed)).status, 'failed');
    await dan.delete(failed);

    const hasty = await confirm();
    await processPost({ ...ctx, blobs: deletingAtFirstWrite(ctx, dan, hasty) }, hasty.post_id);
    assert.equal((await filesIn(idle.dataDir)).length, 2 + 6 + 2 + 12);

    clock.advance(31 * DAY_MS);
    for (const { post_id } of [failed, hasty]) await purgePost(ctx, post_id);
    assert.deepEqual(await filesIn(idle.dataDir), []);
  } finally {
    dan.leave();
    await idle.stop();
  }
});

/** A store in which the post is deleted while the first of its files is written. */
function deletingAtFirstWrite({ blobs }: Context, author: Person, post: Post): Context['blobs'] {
  let deleted: Promise<unknown> | undefined;
  return Object.create(blobs, {
    write: {
      value: async (...args: Parameters<typeof blobs.write>) => {
        deleted ??= author.delete(post);
        await deleted;
        await blobs.write(...args);
      },
    },
  });
}

test('what is restored while a purge begins is either whole or gone', async () => {
  const house = await openTestServer({ clock });
  const { dan } = await cast(house.url, 'dan');
  try {
    const posts: Post[] = [];
    for (let n = 0; n < 6; n += 1) posts.push(await dan.published(dan.post()));
    for (const post of posts) {
      await dan.like(post);
      await dan.delete(post);
    }
    const { ctx } = house;
    // One process is a second behind the other, so both believe that it is theirs to act.
    const late = { ...ctx, clock: holdClock(clock.millis() + 30 * DAY_MS) };
    const early = { ...ctx, clock: holdClock(clock.millis() + 30 * DAY_MS - 1000) };
    await Promise.allSettled(
      posts.flatMap(({ post_id }) => [
        purgePost(late, post_id),
        restorePost(early, post_id, dan.id),
      ]),
    );
    for (const { post_id } of posts) {
      const [row] = await ctx.db.query<{ likes: number; marks: number; media: number }>(
        `select c.likes, (select count(*)::int4 from likes_by_post l where l.post_id = $1) as marks,
           (select count(*)::int4 from media m where m.post_id = $1) as media
         from posts p join post_counts c on c.post_id = p.post_id
         where p.post_id = $1 and p.deleted_at is null`,
        [post_id],
      );
      if (row) assert.deepEqual(row, { likes: 1, marks: 1, media: 1 });
      else await purgePost(late, post_id);
    }
  } finally {
    dan.leave();
    await house.stop();
  }
});
