import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { addPreferences, type Medium } from '../affinity/preferences-store.ts';
import {
  insertSeen,
  removeSeenBefore,
  type SeenChange,
  type SeenPost,
  trimSeen,
} from '../marks/seen-store.ts';
import { nearCards } from '../posts/cards.ts';
import { mediumIn } from '../posts/medium.ts';
import { visibleAmong } from '../posts/read.ts';
import { ageRankedFeeds } from './ranked-store.ts';

/** What was seen longer ago is forgotten, as the people who were away for so long get a new feed. */
const SEEN_KEPT_MS = 30 * 24 * 3600 * 1000;
const SWEEP_BATCH = 5000;

/**
 * Remembers which posts were on somebody's screen, and how much of the videos was played. Those that the
 * person may not see are left aside in silence. Doing it again changes nothing.
 */
export async function reportSeen(
  ctx: Context,
  personId: PersonId,
  reported: readonly { readonly post_id: PostId; readonly watched?: number }[],
): Promise<void> {
  const watched = new Map<PostId, number>();
  for (const { post_id, watched: part = 0 } of reported) {
    // To the hundredth, so that what is stored is what was sent.
    watched.set(post_id, Math.max(watched.get(post_id) ?? 0, Math.round(part * 100) / 100));
  }
  const visible = await visibleAmong(ctx, [...watched.keys()], personId);
  const shown = new Map(visible.map((post) => [post.post_id, post.repost_of ?? post.post_id]));
  if (shown.size === 0) return;
  const cards = await nearCards(ctx).getMany(shown.values());
  const posts: SeenPost[] = [...shown.keys()].map((postId) => ({
    postId,
    watched: watched.get(postId) ?? 0,
  }));
  const at = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    const changes = await insertSeen(tx, personId, posts, at);
    if (changes.length === 0) return;
    const mediumOf = (postId: PostId) => {
      const card = cards.get(shown.get(postId) ?? postId);
      return card ? mediumIn(card) : null;
    };
    await addPreferences(tx, viewsIn(personId, changes, mediumOf, at));
    if (!changes.some(({ isNew }) => isNew)) return;
    await trimSeen(tx, personId);
    await ageRankedFeeds(tx, personId);
  });
}

function viewsIn(
  person_id: PersonId,
  changes: readonly SeenChange[],
  mediumOf: (postId: PostId) => Medium | null,
  at: Date,
) {
  const media: readonly Medium[] = ['photo', 'video'];
  return media.flatMap((medium) => {
    const of = changes.filter(({ postId }) => mediumOf(postId) === medium);
    if (of.length === 0) return [];
    const viewed = of.filter(({ isNew }) => isNew).length;
    const played = of.reduce((sum, change) => sum + change.watched, 0);
    const watched = medium === 'video' ? played : 0;
    return [{ person_id, medium, engaged: 0, viewed, watched, at }];
  });
}

/** Forgets what was seen long ago, in batches. */
export async function sweepSeen(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - SEEN_KEPT_MS);
  while (await removeSeenBefore(ctx.db, before, SWEEP_BATCH));
}
