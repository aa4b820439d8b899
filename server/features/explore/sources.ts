import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { listFollowing } from '../graph/store.ts';
import { listTagFollows } from '../hashtags/store.ts';
import { listSaves } from '../marks/saves-store.ts';
import { listLikes, newestLiked } from '../marks/store.ts';
import { readCounts } from '../posts/counts-store.ts';
import { findPosts } from '../posts/store.ts';
import { listUnderTopic } from '../topics/store.ts';
import { popularPosts } from './popular.ts';
import type { Why } from './store.ts';

/** A post that somebody may like, why, and how strongly this speaks for it; only to be compared within its kind. */
export interface Hunch {
  readonly postId: PostId;
  readonly why: Why;
  readonly strength: number;
}

/** What somebody liked or saved leads to others: so many of the newest are followed up. */
const LIKED_SEEDS = 50;
const SAVED_SEEDS = 20;
/** Of those who liked the same: the latest of each post, and in all those who share most. */
const LIKERS_PER_SEED = 60;
const NEIGHBOURS_MAX = 60;
const LIKED_PER_NEIGHBOUR = 40;
const FOLLOWED_MAX = 60;
const LIKED_PER_FOLLOWED = 15;
const TAGS_FOLLOWED = 20;
const TAGS_LIKED = 10;
const POSTS_PER_TAG = 30;
const CO_LIKED_MAX = 300;
/** Likes that every post is taken to have more, so that two likes that coincide once prove little. */
const DAMPING = 5;
/** Statements under way at once, so that others have room on the connections. */
const AT_ONCE = 8;

/** All that may be of interest to somebody. Some hundred small statements, whatever they have liked. */
export async function gather(ctx: Context, personId: PersonId): Promise<Hunch[]> {
  const { db } = ctx;
  const [liked, saved] = await Promise.all([
    newestLiked(db, personId, LIKED_SEEDS),
    listSaves(db, personId, SAVED_SEEDS, null),
  ]);
  const seeds = [...new Set([...liked, ...saved.map((save) => save.post_id)])];
  const together = await likedTogether(db, personId, seeds);
  const byFollowed = await likedByFollowed(db, personId);
  const tagged = await underTags(db, personId, seeds);
  const popular = (await popularPosts(ctx)).map((postId, nth) => ({
    postId,
    why: { kind: 'popular' as const, cause: '' },
    strength: 1 / (1 + nth / 20),
  }));
  return [...together, ...byFollowed, ...tagged, ...popular];
}

/**
 * Who liked what you like also liked: the likes in common of two posts over the root of the likes of both,
 * summed over the posts that you like (the cosine of item-to-item collaborative filtering: Sarwar et al.,
 * WWW 2001; Linden, Smith, York, IEEE Internet Computing 2003). Found from the likers' side, so that one
 * person's work is bounded and nothing is kept for pairs of posts.
 */
async function likedTogether(
  q: Queryable,
  personId: PersonId,
  seeds: readonly PostId[],
): Promise<Hunch[]> {
  const own = await readCounts(q, seeds);
  const closeness = new Map<PersonId, number>();
  await inTurns(seeds, async (seed) => {
    const weight = 1 / Math.sqrt((own.get(seed)?.likes ?? 0) + DAMPING);
    for (const { person_id } of await listLikes(q, seed, LIKERS_PER_SEED, null)) {
      if (person_id === personId) continue;
      closeness.set(person_id, (closeness.get(person_id) ?? 0) + weight);
    }
  });
  const neighbours = [...closeness]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, NEIGHBOURS_MAX);
  const common = new Map<PostId, number>();
  await inTurns(neighbours, async ([neighbour, weight]) => {
    for (const postId of await newestLiked(q, neighbour, LIKED_PER_NEIGHBOUR)) {
      common.set(postId, (common.get(postId) ?? 0) + weight);
    }
  });
  for (const seed of seeds) common.delete(seed);
  const best = [...common].sort(([a, x], [b, y]) => y - x || (a < b ? 1 : -1));
  const some = best.slice(0, CO_LIKED_MAX);
  const counts = await readCounts(
    q,
    some.map(([postId]) => postId),
  );
  return some.map(([postId, weight]) => ({
    postId,
    why: { kind: 'liked_together', cause: '' },
    strength: weight / Math.sqrt((counts.get(postId)?.likes ?? 0) + DAMPING),
  }));
}

/** What those whom you follow liked; of several, the one is named whom you follow since last. */
async function likedByFollowed(q: Queryable, personId: PersonId): Promise<Hunch[]> {
  const followed = await listFollowing(q, personId, FOLLOWED_MAX, null);
  const liked = await inTurns(followed, ({ person_id }) =>
    newestLiked(q, person_id, LIKED_PER_FOLLOWED),
  );
  const found = new Map<PostId, { cause: PersonId; times: number }>();
  for (const [n, { person_id }] of followed.entries()) {
    for (const postId of liked[n] ?? []) {
      const before = found.get(postId);
      if (before) before.times += 1;
      else found.set(postId, { cause: person_id, times: 1 });
    }
  }
  return [...found].map(([postId, { cause, times }]) => ({
    postId,
    why: { kind: 'liked_by_followed', cause },
    strength: Math.sqrt(times),
  }));
}

/** The newest under the hashtags that you follow, and under those of what you like. */
async function underTags(
  q: Queryable,
  personId: PersonId,
  seeds: readonly PostId[],
): Promise<Hunch[]> {
  const [follows, posts] = await Promise.all([
    listTagFollows(q, personId, TAGS_FOLLOWED, null),
    findPosts(q, seeds),
  ]);
  const times = new Map<string, number>();
  for (const tag of posts.flatMap((post) => post.hashtags)) {
    times.set(tag, (times.get(tag) ?? 0) + 1);
  }
  const wanted = new Map(
    [...times].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, TAGS_LIKED),
  );
  for (const { tag } of follows) wanted.set(tag, (wanted.get(tag) ?? 0) + 3);
  const tags = [...wanted];
  const under = await inTurns(tags, ([tag]) =>
    listUnderTopic(
      q,
      { kind: 'hashtag', tag },
      { take: POSTS_PER_TAG, before: null, openOnly: true },
    ),
  );
  return tags.flatMap(([tag, often], n) =>
    (under[n] ?? []).map(({ post_id }) => ({
      postId: post_id,
      why: { kind: 'hashtag' as const, cause: tag },
      strength: Math.sqrt(often),
    })),
  );
}

/** Does something for each, a few at a time, and gives what came of it in the same order. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  }
  return results;
}
