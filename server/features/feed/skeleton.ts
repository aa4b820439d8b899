import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { compareIds } from '../../kernel/ids.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofHome, ofTies, PULLED_AUTHORS } from '../../kernel/touch-keys.ts';
import { followedAmong } from '../graph/store.ts';
import { type NearPosts, nearPostsBy } from '../posts/near-lists.ts';
import { announcedPost } from '../posts/post-in-list.ts';
import type { PostInList } from '../posts/store.ts';
import { listMergedAuthors } from './authors-store.ts';
import { openHomes } from './away.ts';
import { type Entries, readCompleteEntries } from './homes-store.ts';
import { countBelow, mergeNewest, newestOnce, type Span, type Stretch, withPost } from './merge.ts';
import { pullNewest, sourcesOf } from './pull.ts';

/** Entries that stay near: five pages. */
const NEAR_REFS = 100;
/** What is read where nothing is kept: a page, and one more to know whether there is another. */
const ONE_PAGE = 21;
/** Fronts that one statement reads. */
const HOMES_AT_ONCE = 64;
const MINUTE_MS = 60_000;
/** Some 10 KB each. */
const HOMES_MAX = 5_000;
const TIES_MAX = 50_000;

const ALL = 'all';

/** What the front of everybody's feed is made of. */
interface Near {
  readonly homes: NearCache<PersonId, Entries>;
  /** Everyone whose posts are merged. */
  readonly merged: NearCache<typeof ALL, readonly PersonId[]>;
  /** Whom of those somebody follows. */
  readonly followed: NearCache<PersonId, readonly PersonId[]>;
  /** Their newest posts. */
  readonly lists: NearCache<PersonId, NearPosts>;
}

const nearOf = perContext((ctx): Near => {
  const refs = Math.min(NEAR_REFS, ctx.config.feedEntries);
  const front = ctx.config.nearViewers ? refs : Math.min(refs, ONE_PAGE);
  const each = async <Value>(ids: readonly PersonId[], load: (id: PersonId) => Promise<Value>) =>
    new Map(await Promise.all(ids.map(async (id) => [id, await load(id)] as const)));
  const merged = new NearCache<typeof ALL, readonly PersonId[]>(ctx, {
    max: 1,
    ttlMs: 60 * MINUTE_MS,
    keyOf: () => PULLED_AUTHORS,
    load: async () => new Map([[ALL, await listMergedAuthors(ctx.db)]]),
  });
  return {
    merged,
    homes: new NearCache(ctx, {
      max: HOMES_MAX,
      ttlMs: 5 * MINUTE_MS,
      keyOf: ofHome,
      keeps: ctx.config.nearViewers,
      batch: HOMES_AT_ONCE,
      load: (ids) => openHomes(ctx, ids, front),
      changed: (change) => {
        const post = announcedPost(change);
        return (home) =>
          compareIds(post.post_id, home.completeFrom) < 0 ? home : withPost(home, post, front);
      },
    }),
    followed: new NearCache<PersonId, readonly PersonId[]>(ctx, {
      max: TIES_MAX,
      ttlMs: 60 * MINUTE_MS,
      keyOf: ofTies,
      keysOf: () => [PULLED_AUTHORS],
      // From the database: in memory the set may be older than the touch that this load follows.
      load: async (ids) => {
        const authors = await listMergedAuthors(ctx.db);
        return each(ids, async (id) => [...(await followedAmong(ctx.db, id, authors))]);
      },
    }),
    lists: nearPostsBy(ctx),
  };
});

const NOBODY: readonly PersonId[] = [];
const NOTHING: Stretch = { refs: [], whole: true };

/** Whether the front of somebody's feed is near: they have read it lately. */
export const isHomeNear = (ctx: Context, personId: PersonId): boolean =>
  nearOf(ctx).homes.peek(personId) !== undefined;

/** A page of somebody's feed before anything is judged, from memory alone; null when that is not enough. */
export function peekSkeleton(
  ctx: Context,
  personId: PersonId,
  take: number,
  before: PostId | null,
): readonly PostInList[] | null {
  if (!ctx.config.nearViewers) return null;
  const home = nearOf(ctx).homes.peek(personId);
  return home === undefined ? null : mergeNear(ctx, personId, home, take, before);
}

/** The same from what was pushed, `home`; null when of the authors who are merged something is not near, or it is not enough. */
export function mergeNear(
  ctx: Context,
  personId: PersonId,
  home: Entries,
  take: number,
  before: PostId | null,
): readonly PostInList[] | null {
  const near = nearOf(ctx);
  const merged = near.merged.peek(ALL);
  if (merged === undefined) return null;
  const followed = merged.length === 0 ? NOBODY : near.followed.peek(personId);
  if (followed === undefined) return null;
  const lists: Stretch[] = [];
  for (const authorId of followed) {
    const list = near.lists.peek(authorId);
    if (list === undefined) return null;
    lists.push(list);
  }
  const page = mergeNewest(home, lists, { take, before, from: home.completeFrom });
  if (page.short.length > 0) return null;
  // Shorter than asked: what is left is below of what is complete.
  return page.refs.length === take || home.completeFrom === '0' ? page.refs : null;
}

/**
 * A page of somebody's feed before anything is judged: the newest `take` posts below `before` of
 * whom and what they follow, and their own, each once. What was pushed and, of authors with very many
 * followers, their lists; below what is complete of the pushed, the lists of all.
 */
export async function readSkeleton(
  ctx: Context,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<PostInList[]> {
  const near = nearOf(ctx);
  const [main, authors] = await Promise.all([
    entriesFor(ctx, personId, take, before),
    followedOfMerged(near, personId),
  ]);
  const found = await near.lists.getMany(authors);
  const lists = authors.map((id) => found.get(id) ?? NOTHING);
  const from = main.completeFrom;
  const page = await mergeDown(ctx, main, { authors, lists }, { take, before, from });
  if (page.length === take || from === '0') return page;
  const below = before !== null && compareIds(before, from) < 0 ? before : from;
  const rest = { take: take - page.length, before: below, from: '0' };
  const sources = await sourcesOf(ctx.db, personId);
  return [...page, ...(await pullNewest(ctx.db, sources, rest, ctx.clock.millis()))];
}

/** What was pushed, as far as the page needs it; what it says of its end was read together with it. */
async function entriesFor(
  ctx: Context,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<Entries> {
  const head = await nearOf(ctx).homes.get(personId);
  if (head && (head.whole || countBelow(head.refs, before) >= take)) return head;
  const deeper = await readCompleteEntries(ctx.db, personId, take, before);
  if (deeper) return deeper;
  const opened = await openHomes(ctx, [personId], take);
  return opened.get(personId) as Entries;
}

async function followedOfMerged(near: Near, personId: PersonId): Promise<readonly PersonId[]> {
  const merged = await near.merged.get(ALL);
  if (merged === null || merged.length === 0) return NOBODY;
  return (await near.followed.get(personId)) ?? NOBODY;
}

/** The page as far down as what was pushed is complete. */
async function mergeDown(
  ctx: Context,
  main: Entries,
  { authors, lists }: { authors: readonly PersonId[]; lists: readonly Stretch[] },
  span: Span,
): Promise<PostInList[]> {
  const { refs, short } = mergeNewest(main, lists, span);
  // Of these only the newest are near, and the page reaches below: their own lists tell.
  const few = short.map((at) => authors[at]).filter((id) => id !== undefined);
  if (few.length === 0) return [...refs];
  const floor = refs.length === span.take ? (refs.at(-1) as PostInList).post_id : span.from;
  const pulled = await pullNewest(
    ctx.db,
    { authors: few, tags: [] },
    { ...span, from: floor },
    ctx.clock.millis(),
  );
  return newestOnce([...refs, ...pulled], span.take);
}
