import type { PersonId, SessionId } from '../api/ids.ts';
import { makeAccessToken } from '../server/features/accounts/tokens.ts';
import { userShard } from '../server/features/media/keys.ts';
import { systemClock } from '../server/kernel/clock.ts';
import { composeId } from '../server/kernel/ids.ts';
import { deriveSecrets } from '../server/kernel/secrets.ts';
import type { Db, Param } from '../server/ports/db/db.ts';
import { type Insertion, insertMany } from '../server/ports/db/insert-many.ts';
import { type Graph, seeded } from './graph.ts';
import { SECRET } from './lab.ts';

/** Ids of a benchmark carry a worker number that no server leases first. */
const WORKER = 1023;
const HOUR_MS = 3_600_000;
/** How long ago the first row of the world was written. */
const AGE_MS = 30 * 24 * HOUR_MS;
const FEED_MAX = 800;

export interface World {
  readonly people: readonly PersonId[];
  readonly posts: number;
  readonly entries: number;
}

type Random = () => number;

/**
 * Writes a graph's people with their follows, counts, posts, pictures and likes, and the feed entries
 * that the fan-out would have written: in bulk, because making them is not what is measured.
 */
export async function loadWorld(db: Db, graph: Graph, postsEach: number): Promise<World> {
  const random = seeded(7);
  const began = Date.now() - AGE_MS;
  const people = Array.from({ length: graph.people }, (_, i) =>
    composeId(began, WORKER, i % 4096),
  ) as PersonId[];
  const followers = people.map(() => [] as PersonId[]);
  const following = people.map(() => 0);
  for (const [from, to] of graph.follows) {
    followers[to]?.push(people[from] as PersonId);
    following[from] = (following[from] ?? 0) + 1;
  }
  await writePeople(db, people, { followers, following, postsEach, began });
  await writeFollows(db, graph, people, began);
  const posts = makePosts(people, postsEach, random, began);
  await writePosts(db, posts, random);
  const entries = await writeFeeds(db, posts, people, followers);
  await writeLikes(db, posts, people, random);
  await db.script('vacuum analyze');
  return { people, posts: posts.length, entries };
}

async function writePeople(
  db: Db,
  people: readonly PersonId[],
  counts: {
    followers: readonly (readonly PersonId[])[];
    following: readonly number[];
    postsEach: number;
    began: number;
  },
): Promise<void> {
  const at = new Date(counts.began);
  const name = (i: number) => `person_${i}`;
  await write(
    db,
    'usernames',
    { username: 'text', person_id: 'int8' },
    ['username'],
    people.map((person_id, i) => ({ username: name(i), person_id })),
  );
  await write(
    db,
    'people',
    {
      person_id: 'int8',
      username: 'text',
      full_name: 'text',
      bio: 'text',
      avatar: 'jsonb',
      created_at: 'timestamptz',
    },
    ['person_id'],
    people.map((person_id, i) => ({
      person_id,
      username: name(i),
      full_name: `Person Number ${i}`,
      bio: 'Somebody who takes pictures now and then, mostly of the sea.',
      avatar: avatarOf(person_id),
      created_at: at,
    })),
  );
  await write(
    db,
    'person_counts',
    { person_id: 'int8', posts: 'int4', followers: 'int4', following: 'int4' },
    ['person_id'],
    people.map((person_id, i) => ({
      person_id,
      posts: counts.postsEach,
      followers: counts.followers[i]?.length ?? 0,
      following: counts.following[i] ?? 0,
    })),
  );
}

function avatarOf(personId: PersonId) {
  const folder = `local/${userShard(personId)}/${personId}`;
  return {
    small: `${folder}/avatar-thumbnail-0123456789abcdef.jpg`,
    large: `${folder}/avatar-medium-0123456789abcdef.jpg`,
  };
}

async function writeFollows(db: Db, graph: Graph, people: readonly PersonId[], began: number) {
  const columns = {
    follower_id: 'int8',
    followee_id: 'int8',
    follow_id: 'int8',
    created_at: 'timestamptz',
  };
  const rows = graph.follows.map(([from, to], i) => ({
    follower_id: people[from] ?? '',
    followee_id: people[to] ?? '',
    follow_id: composeId(began + 1 + Math.floor(i / 4096), WORKER, i % 4096),
    created_at: new Date(began),
  }));
  await write(db, 'follows_by_follower', columns, ['follower_id', 'followee_id'], rows);
  await write(db, 'follows_by_followee', columns, ['followee_id', 'follower_id'], rows);
}

interface MadePost {
  readonly postId: string;
  readonly author: number;
  readonly authorId: PersonId;
  readonly at: Date;
}

function makePosts(
  people: readonly PersonId[],
  postsEach: number,
  random: Random,
  began: number,
): MadePost[] {
  const authors = people.flatMap((_, i) => Array.from({ length: postsEach }, () => i));
  for (let i = authors.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [authors[i], authors[j]] = [authors[j] ?? 0, authors[i] ?? 0];
  }
  const step = Math.floor((AGE_MS - HOUR_MS) / authors.length);
  return authors.map((author, i) => {
    const ms = began + HOUR_MS / 2 + i * step;
    const postId = composeId(ms, WORKER, 0);
    return { postId, author, authorId: people[author] as PersonId, at: new Date(ms) };
  });
}

const WORDS =
  'light morning sea over the quiet hill and then rain again yesterday we walked home late with friends'.split(
    ' ',
  );

function words(random: Random, most: number): string {
  const count = Math.floor(random() * most);
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

async function writePosts(db: Db, posts: readonly MadePost[], random: Random): Promise<void> {
  await write(
    db,
    'posts',
    {
      post_id: 'int8',
      author_id: 'int8',
      status: 'text',
      caption: 'text',
      created_at: 'timestamptz',
    },
    ['post_id'],
    posts.map(({ postId, authorId, at }) => ({
      post_id: postId,
      author_id: authorId,
      status: 'published',
      caption: words(random, 24),
      created_at: at,
    })),
  );
  await write(
    db,
    'post_counts',
    { post_id: 'int8', likes: 'int4', comments: 'int4' },
    ['post_id'],
    posts.map(({ postId }) => ({
      post_id: postId,
      likes: Math.floor(random() ** 3 * 200),
      comments: Math.floor(random() ** 4 * 30),
    })),
  );
  await write(
    db,
    'posts_by_author',
    { author_id: 'int8', post_id: 'int8' },
    ['author_id', 'post_id'],
    posts.map(({ postId, authorId }) => ({ author_id: authorId, post_id: postId })),
  );
  await writeMedia(db, posts, random);
}

/** One picture a post, in a tenth of them three, as the worker leaves them. */
async function writeMedia(db: Db, posts: readonly MadePost[], random: Random): Promise<void> {
  const rows = posts.flatMap(({ postId, authorId, at }) =>
    Array.from({ length: random() < 0.1 ? 3 : 1 }, (_, position) => {
      const mediaId = (BigInt(postId) + 1n + BigInt(position)).toString();
      const folder = `local/${userShard(authorId)}/${postId}/${mediaId}`;
      return {
        post_id: postId,
        media_id: mediaId,
        position,
        original_key: `local/${userShard(authorId)}/${mediaId}/original.jpg`,
        width: 3024,
        height: 3780,
        alt: words(random, 30),
        thumbhash: 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG',
        dominant_color: '#7a8b9c',
        renditions: {
          large: rendition(folder, 'large', 1080, 1350),
          medium: rendition(folder, 'medium', 640, 800),
          thumbnail: rendition(folder, 'thumbnail', 150, 150),
        },
        created_at: at,
      };
    }),
  );
  const columns = {
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
  await write(db, 'media', columns, ['post_id', 'media_id'], rows);
}

function rendition(folder: string, name: string, width: number, height: number) {
  const file = `${folder}-${name}-0123456789abcdef`;
  return { jpeg: `${file}.jpg`, webp: `${file}.webp`, width, height };
}

/** To the author and all followers, at most the newest 800 a person. */
async function writeFeeds(
  db: Db,
  posts: readonly MadePost[],
  people: readonly PersonId[],
  followers: readonly (readonly PersonId[])[],
): Promise<number> {
  const taken = new Map<PersonId, number>(people.map((id) => [id, 0]));
  const rows: { person_id: string; post_id: string; author_id: string }[] = [];
  for (const { postId, author, authorId } of posts.toReversed()) {
    for (const personId of [authorId, ...(followers[author] ?? [])]) {
      const before = taken.get(personId) ?? 0;
      if (before >= FEED_MAX) continue;
      taken.set(personId, before + 1);
      rows.push({ person_id: personId, post_id: postId, author_id: authorId });
    }
  }
  const columns = { person_id: 'int8', post_id: 'int8', author_id: 'int8' };
  await write(db, 'feed_entries', columns, ['person_id', 'post_id'], rows);
  return rows.length;
}

/** Everyone likes about thirty posts of the last days. */
async function writeLikes(
  db: Db,
  posts: readonly MadePost[],
  people: readonly PersonId[],
  random: Random,
): Promise<void> {
  const recent = posts.slice(-1000);
  const rows = people.flatMap((person_id) =>
    recent
      .filter(() => random() < 0.03)
      .map(({ postId, at }, i) => ({
        person_id,
        post_id: postId,
        like_id: composeId(at.getTime() + 1 + i, WORKER, Math.floor(random() * 4096)),
        created_at: at,
      })),
  );
  const byPost = {
    post_id: 'int8',
    person_id: 'int8',
    like_id: 'int8',
    created_at: 'timestamptz',
  };
  await write(db, 'likes_by_post', byPost, ['post_id', 'person_id'], rows);
  const byPerson = { person_id: 'int8', post_id: 'int8', like_id: 'int8' };
  await write(db, 'likes_by_person', byPerson, ['person_id', 'post_id'], rows);
}

function write<Column extends string>(
  db: Db,
  table: string,
  columns: Record<Column, string>,
  key: readonly NoInfer<Column>[],
  rows: readonly { readonly [column in NoInfer<Column>]: Param }[],
): Promise<unknown> {
  const insertion: Insertion<Column> = { table, columns, key, rows };
  return insertMany(db, insertion);
}

/** A session and an access token (one hour) for each of these people. */
export async function logIn(db: Db, people: readonly PersonId[]): Promise<string[]> {
  const secrets = deriveSecrets(SECRET);
  const now = Date.now();
  const sessions = people.map((personId, i) => ({
    personId,
    sessionId: composeId(now, WORKER, i) as SessionId,
  }));
  await write(
    db,
    'sessions',
    {
      person_id: 'int8',
      session_id: 'int8',
      generation: 'int4',
      salt: 'bytea',
      device: 'text',
      created_at: 'timestamptz',
      last_used_at: 'timestamptz',
      expires_at: 'timestamptz',
    },
    ['person_id', 'session_id'],
    sessions.map(({ personId, sessionId }) => ({
      person_id: personId,
      session_id: sessionId,
      generation: 1,
      salt: Buffer.alloc(16),
      device: 'bench',
      created_at: new Date(now),
      last_used_at: new Date(now),
      expires_at: new Date(now + 24 * HOUR_MS),
    })),
  );
  return await Promise.all(sessions.map((who) => makeAccessToken(secrets, systemClock, who)));
}
