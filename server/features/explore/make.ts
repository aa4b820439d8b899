import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { idMillis } from '../../kernel/ids.ts';
import { belongsInExplore } from '../../kernel/visibility.ts';
import { marksAmong, NO_MARKS } from '../marks/store.ts';
import { lookAt } from '../posts/look.ts';
import { findPosts } from '../posts/store.ts';
import { diversify } from './diversify.ts';
import { isKnown } from './known.ts';
import { gather, type Hunch } from './sources.ts';
import { type ExploreVersion, saveExplore, type Why } from './store.ts';

/** The job that makes a new version for somebody; payload: `person_id`. */
export const MAKE_EXPLORE = 'make_explore';
/** How many posts a version has. */
const POSTS_MAX = 300;
/** Judged before they are chosen from: the most promising. */
const JUDGED_MAX = 800;
/** How long a reader who began with a version can go on with it. */
export const KEPT_MS = 2 * 3600 * 1000;
/** What the kinds of reason weigh against each other. */
const WEIGHTS: Readonly<Record<Why['kind'], number>> = {
  liked_together: 1,
  liked_by_followed: 0.8,
  popular: 0.6,
  hashtag: 0.5,
};
/** A recommended post is worth half as much when it is a week older. */
const HALF_LIFE_MS = 7 * 24 * 3600 * 1000;

interface Candidate {
  readonly postId: PostId;
  readonly score: number;
  /** What speaks for it most. */
  readonly why: Why;
}

/**
 * Works out what to recommend to somebody and keeps it as a version. The same likes at the same time give
 * the same order.
 */
export async function makeExplore(ctx: Context, personId: PersonId): Promise<ExploreVersion> {
  const { db } = ctx;
  const made_at = ctx.clock.now();
  const promising = weigh(await gather(ctx, personId), made_at.getTime()).slice(0, JUDGED_MAX);
  const ids = promising.map(({ postId }) => postId);
  const [rows, marks] = await Promise.all([findPosts(db, ids), marksAmong(db, personId, ids)]);
  const looks = await lookAt(db, rows, personId);
  const fitting = promising.flatMap(({ postId, score, why }) => {
    const look = looks.get(postId);
    if (!look || !belongsInExplore(look) || isKnown(marks.get(postId) ?? NO_MARKS)) return [];
    const { author_id, hashtags } = look.post;
    return [{ post_id: postId, author_id, why, score, tag: hashtags[0] ?? null }];
  });
  const posts = diversify(fitting, POSTS_MAX).map(({ post_id, author_id, why }) => ({
    post_id,
    author_id,
    why,
  }));
  const version = { version: ctx.ids.next<string>(), made_at, posts };
  const forgetBefore = new Date(made_at.getTime() - KEPT_MS);
  await db.transaction((tx) => saveExplore(tx, personId, version, forgetBefore));
  return version;
}

/** One candidate a post, best first: what speaks for it adds up, each kind measured by its own strongest. */
export function weigh(hunches: readonly Hunch[], atMs: number): Candidate[] {
  const strongest = new Map<Why['kind'], number>();
  for (const { why, strength } of hunches) {
    strongest.set(why.kind, Math.max(strength, strongest.get(why.kind) ?? 0));
  }
  const found = new Map<PostId, { sum: number; most: number; why: Why }>();
  for (const { postId, why, strength } of hunches) {
    const most = strongest.get(why.kind) || 1;
    const speaks = (WEIGHTS[why.kind] * strength) / most;
    const before = found.get(postId);
    if (!before) found.set(postId, { sum: speaks, most: speaks, why });
    else {
      before.sum += speaks;
      if (speaks > before.most) Object.assign(before, { most: speaks, why });
    }
  }
  return [...found]
    .map(([postId, { sum, why }]) => {
      const age = Math.max(0, atMs - idMillis(postId));
      return { postId, why, score: sum * 0.5 ** (age / HALF_LIFE_MS) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.postId < b.postId ? 1 : -1));
}
