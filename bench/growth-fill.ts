import type { PersonId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { addFollows, addPeople, logIn } from './people.ts';

/** Who posts: as many as the one who follows most does. */
export const AUTHORS = 5_000;
/** Who has so many followers that their posts are merged when somebody reads. */
export const BIG_ACCOUNTS = 100;
/** Every so many-th post is of one of these. */
const BIG_EVERY = 10;
/** What a feed keeps of what was pushed (product limit). */
const ENTRIES = 800;
/** The posts lie in this time, however many they are. */
const SPAN_DAYS = 300;
/** An id has 22 bits below its milliseconds (kernel/ids.ts). */
const ID_BITS = 22n;
/** Older posts are on no page that is read here: their pictures say little, to fit on small disks. */
const DETAILED = 50_000;
const BATCH = 250_000;

/** Somebody who reads. */
export interface Reader {
  readonly id: PersonId;
  readonly token: string;
  readonly followees: number;
  readonly big: number;
}

/** A house full of posts, and readers of it. */
export interface Filled {
  readonly posts: number;
  readonly readers: readonly Reader[];
}

/** `readers`: how many people, and how many big accounts, each of them follows. */
export async function fill(
  ctx: Context,
  posts: number,
  readers: readonly (readonly [followees: number, big: number])[],
): Promise<Filled> {
  const people = await addPeople(ctx, AUTHORS + BIG_ACCOUNTS);
  const authors = people.slice(0, AUTHORS);
  const big = people.slice(AUTHORS);
  await addAll(ctx, posts, authors, big);
  await ctx.db.script(
    `insert into feed_authors (author_id, mode, version) select person_id, 'pull', 1 from unnest(${list(big)}) person_id`,
  );
  const made: Reader[] = [];
  for (const [followees, bigFollowed] of readers) {
    const [id] = (await addPeople(ctx, 1)) as [PersonId];
    const followed = [...authors.slice(0, followees), ...big.slice(0, bigFollowed)];
    await addFollows(
      ctx,
      followed.map((followee) => ({ follower: id, followee })),
    );
    await ctx.db.script(
      `insert into feed_entries (person_id, post_id, author_id)
       select ${id}, post_id, author_id from posts
       where author_id = any(${list(authors.slice(0, followees))}) order by post_id desc limit ${ENTRIES};
       insert into feed_homes (person_id, last_read_on, returned_on, complete_from)
       values (${id}, current_date, current_date, 0)`,
    );
    made.push({ id, token: await logIn(ctx, id), followees, big: bigFollowed });
  }
  for (const table of ['posts', 'post_counts', 'posts_by_author', 'media', 'feed_entries']) {
    await ctx.db.script(`vacuum analyze ${table}`);
  }
  await ctx.db.script('analyze');
  await ctx.db.script('checkpoint');
  return { posts, readers: made };
}

const list = (ids: readonly PersonId[]) => `'{${ids.join(',')}}'::bigint[]`;

/** Posts with their counts, pictures and places in lists, and as many entries of feeds, in bulk. */
async function addAll(
  ctx: Context,
  posts: number,
  authors: readonly PersonId[],
  big: readonly PersonId[],
): Promise<void> {
  const top = BigInt(ctx.ids.next<string>());
  const spanMs = SPAN_DAYS * 24 * 3_600_000;
  const step = (BigInt(Math.floor(spanMs / posts)) << ID_BITS) + 8n;
  const first = top - step * BigInt(posts);
  for (let from = 0; from < posts; from += BATCH) {
    const to = Math.min(posts, from + BATCH);
    await ctx.db.script(batch({ from, to, posts, first, step, authors, big }));
  }
}

interface Batch {
  readonly from: number;
  readonly to: number;
  readonly posts: number;
  readonly first: bigint;
  readonly step: bigint;
  readonly authors: readonly PersonId[];
  readonly big: readonly PersonId[];
}

function batch({ from, to, posts, first, step, authors, big }: Batch): string {
  return `set local synchronous_commit = off;
create temp table made on commit drop as
  select k, ${first} + k * ${step} as post_id,
    case when k % ${BIG_EVERY} = 0 then (${list(big)})[1 + (k / ${BIG_EVERY}) % ${BIG_ACCOUNTS}]
      else (${list(authors)})[1 + (k::bigint * 7919) % ${AUTHORS}] end as author_id,
    now() - make_interval(secs => (${posts} - k) * ${(SPAN_DAYS * 86_400) / posts}) as at
  from generate_series(${from}, ${to - 1}) as k;
insert into posts (post_id, author_id, status, caption, created_at)
  select post_id, author_id, 'published',
    'Morning light over the harbour, before anyone else was up. Coffee after this one.', at from made;
insert into post_counts (post_id, likes, comments) select post_id, k % 90, k % 7 from made;
insert into posts_by_author (author_id, post_id) select author_id, post_id from made;
insert into media (post_id, media_id, position, original_key, width, height, alt, thumbhash, dominant_color,
    renditions, created_at)
  select post_id, post_id + 1, 0, 'local/00/' || post_id || '/original.jpg', 3000, 3750,
    'A harbour at dawn, boats in a row, the sea like glass', 'HPgVJQRQe4iHaIh3d3iHeC+H9XRo', '#1b1913',
    case when k >= ${posts - DETAILED} then jsonb_build_object(
      'large', jsonb_build_object('jpeg', 'local/00/' || post_id || '-large-0123456789abcdef.jpg',
        'webp', 'local/00/' || post_id || '-large-0123456789abcdef.webp', 'width', 1080, 'height', 1350),
      'medium', jsonb_build_object('jpeg', 'local/00/' || post_id || '-medium-0123456789abcdef.jpg',
        'webp', 'local/00/' || post_id || '-medium-0123456789abcdef.webp', 'width', 640, 'height', 800),
      'thumbnail', jsonb_build_object('jpeg', 'local/00/' || post_id || '-thumbnail-0123456789abcdef.jpg',
        'webp', 'local/00/' || post_id || '-thumbnail-0123456789abcdef.webp', 'width', 150, 'height', 150)
    ) else '{}' end, at from made;
insert into feed_entries (person_id, post_id, author_id)
  select (${list(authors)})[1 + (k::bigint * 104729) % ${AUTHORS}], post_id, author_id from made`;
}
