import { randomBytes } from 'node:crypto';
import type { MediaId, PersonId, PostId, SessionId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { makeAccessToken } from '../server/features/accounts/tokens.ts';
import { userShard } from '../server/features/media/keys.ts';
import { insertMany } from '../server/ports/db/insert-many.ts';
import type { Graph } from './graph.ts';

type Row = Parameters<typeof insertMany>[1]['rows'][number];

/** Rows as the server would write them, many at a time. */
async function insert(
  ctx: Context,
  table: string,
  columns: Readonly<Record<string, string>>,
  key: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  await ctx.db.transaction((tx) => insertMany(tx, { table, columns, key, rows }));
}

/** `count` people with names, no pictures, no posts. */
export async function addPeople(ctx: Context, count: number): Promise<PersonId[]> {
  const ids = Array.from({ length: count }, () => ctx.ids.next<PersonId>());
  const created_at = ctx.clock.now();
  const names = ids.map((person_id, n) => ({ person_id, username: `person_${person_id}`, n }));
  await insert(
    ctx,
    'usernames',
    { username: 'text', person_id: 'int8' },
    ['username'],
    names.map(({ username, person_id }) => ({ username, person_id })),
  );
  await insert(
    ctx,
    'people',
    { person_id: 'int8', username: 'text', full_name: 'text', created_at: 'timestamptz' },
    ['person_id'],
    names.map(({ person_id, username, n }) => ({
      person_id,
      username,
      full_name: `Person Number ${n}`,
      created_at,
    })),
  );
  await insert(
    ctx,
    'person_counts',
    { person_id: 'int8' },
    ['person_id'],
    ids.map((person_id) => ({ person_id })),
  );
  return ids;
}

/** Follows, both rows of each. */
export async function addFollows(
  ctx: Context,
  follows: readonly { follower: PersonId; followee: PersonId }[],
): Promise<void> {
  const created_at = ctx.clock.now();
  const rows = follows.map(({ follower, followee }) => ({
    follower_id: follower,
    followee_id: followee,
    follow_id: ctx.ids.next<string>(),
    created_at,
  }));
  const columns = {
    follower_id: 'int8',
    followee_id: 'int8',
    follow_id: 'int8',
    created_at: 'timestamptz',
  };
  await insert(ctx, 'follows_by_follower', columns, ['follower_id', 'followee_id'], rows);
  await insert(ctx, 'follows_by_followee', columns, ['followee_id', 'follower_id'], rows);
}

/** A logged-in session, and the access token that it has. */
export async function logIn(ctx: Context, personId: PersonId): Promise<string> {
  const sessionId = ctx.ids.next<SessionId>();
  const now = ctx.clock.now();
  const until = new Date(now.getTime() + 3_600_000);
  await ctx.db.query(
    `insert into sessions (person_id, session_id, generation, salt, device, created_at, last_used_at, expires_at)
     values ($1, $2, 1, $3, 'bench', $4, $4, $5)`,
    [personId, sessionId, randomBytes(16), now, until],
  );
  return makeAccessToken(ctx.secrets, ctx.clock, { personId, sessionId });
}

/** A published post with one picture whose files do not exist; everything that a feed reads does. */
export async function addPosts(
  ctx: Context,
  authors: readonly PersonId[],
): Promise<{ postId: PostId; authorId: PersonId }[]> {
  const created_at = ctx.clock.now();
  const posts = authors.map((authorId) => ({ postId: ctx.ids.next<PostId>(), authorId }));
  const caption =
    'Morning light over the harbour, before anyone else was up. Coffee after this one.';
  await insert(
    ctx,
    'posts',
    {
      post_id: 'int8',
      author_id: 'int8',
      status: 'text',
      caption: 'text',
      created_at: 'timestamptz',
    },
    ['post_id'],
    posts.map(({ postId, authorId }) => ({
      post_id: postId,
      author_id: authorId,
      status: 'published',
      caption,
      created_at,
    })),
  );
  await insert(
    ctx,
    'post_counts',
    { post_id: 'int8', likes: 'int4', comments: 'int4' },
    ['post_id'],
    posts.map(({ postId }, n) => ({ post_id: postId, likes: n % 90, comments: n % 7 })),
  );
  await insert(
    ctx,
    'posts_by_author',
    { author_id: 'int8', post_id: 'int8' },
    ['author_id', 'post_id'],
    posts.map(({ postId, authorId }) => ({ author_id: authorId, post_id: postId })),
  );
  await insert(
    ctx,
    'media',
    MEDIA_COLUMNS,
    ['post_id', 'media_id'],
    posts.map(({ postId, authorId }) => mediaRow(ctx, postId, authorId, created_at)),
  );
  return posts;
}

const MEDIA_COLUMNS = {
  post_id: 'int8',
  media_id: 'int8',
  position: 'int2',
  original_key: 'text',
  width: 'int4',
  height: 'int4',
  alt: 'text',
  thumbhash: 'text',
  dominant_color: 'text',
  renditions: 'jsonb',
  created_at: 'timestamptz',
};

function mediaRow(ctx: Context, postId: PostId, authorId: PersonId, created_at: Date) {
  const mediaId = ctx.ids.next<MediaId>();
  const prefix = `local/${userShard(authorId)}/${postId}/${mediaId}`;
  const files = (name: string, width: number, height: number) => {
    const digest = randomBytes(8).toString('hex');
    return {
      jpeg: `${prefix}-${name}-${digest}.jpg`,
      webp: `${prefix}-${name}-${digest}.webp`,
      width,
      height,
    };
  };
  const renditions = {
    large: files('large', 1080, 1350),
    medium: files('medium', 640, 800),
    thumbnail: files('thumbnail', 150, 150),
  };
  return {
    post_id: postId,
    media_id: mediaId,
    position: 0,
    original_key: `local/00/${mediaId}/original.jpg`,
    width: 3000,
    height: 3750,
    alt: 'A harbour at dawn, boats in a row, the sea like glass',
    thumbhash: 'HPgVJQRQe4iHaIh3d3iHeC+H9XRo',
    dominant_color: '#1b1913',
    renditions,
    created_at,
  };
}

/** The whole graph: people, follows both ways, posts of everybody in turn, feeds as the fan-out leaves them. */
export async function addGraph(ctx: Context, graph: Graph, postsEach: number): Promise<PersonId[]> {
  const people = await addPeople(ctx, graph.people);
  const person = (n: number) => people[n] as PersonId;
  const follows = graph.follows.map(([from, to]) => ({
    follower: person(from),
    followee: person(to),
  }));
  await addFollows(ctx, follows);
  const followers = Map.groupBy(follows, ({ followee }) => followee);
  for (let round = 0; round < postsEach; round += 1) {
    const posts = await addPosts(ctx, people);
    const entries = posts.flatMap(({ postId, authorId }) =>
      [authorId, ...(followers.get(authorId) ?? []).map(({ follower }) => follower)].map(
        (person_id) => ({
          person_id,
          post_id: postId,
          author_id: authorId,
        }),
      ),
    );
    await insert(
      ctx,
      'feed_entries',
      { person_id: 'int8', post_id: 'int8', author_id: 'int8' },
      ['person_id', 'post_id'],
      entries,
    );
  }
  await ctx.db.script('analyze');
  return people;
}
