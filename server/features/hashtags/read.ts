import type { Hashtag } from '../../../api/hashtags.ts';
import type { PersonId } from '../../../api/ids.ts';
import { foldHashtag } from '../../../api/text.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { followedTagsAmong, postsCounts } from './store.ts';

/** The one form of a hashtag that somebody has typed. Throws `hashtag_not_found` when it is none. */
export function tagCalled(typed: string): string {
  const tag = foldHashtag(typed);
  if (tag === null) throw new Problem('hashtag_not_found');
  return tag;
}

/** Folded tags as a viewer sees them, in the same order. Two statements at once. */
export async function showTags(
  q: Queryable,
  tags: readonly string[],
  viewerId: PersonId | null,
): Promise<Hashtag[]> {
  const [counts, followed] = await Promise.all([
    postsCounts(q, tags),
    followedTagsAmong(q, viewerId, tags),
  ]);
  return tags.map((tag) => ({
    tag,
    posts_count: counts.get(tag) ?? 0,
    viewer: { following: followed.has(tag) },
  }));
}

export async function showTag(q: Queryable, tag: string, viewerId: PersonId | null) {
  const [shown] = await showTags(q, [tag], viewerId);
  if (!shown) throw new Error('a tag is always shown');
  return shown;
}
