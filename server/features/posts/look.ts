import type { PersonId, PostId } from '../../../api/ids.ts';
import { type Look, STRANGER } from '../../kernel/visibility.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { relationsAmong } from '../graph/relations.ts';
import { KINDS_FOR_POSTS } from '../graph/relations-store.ts';
import { hydratePeople } from '../people/hydrate.ts';
import type { PersonRow } from '../people/store.ts';
import { findPosts, type PostRow } from './store.ts';

/** What the rules need to know of a post, and no more. */
export interface PostLook extends Look {
  readonly post: PostRow;
  /** The author. */
  readonly person: PersonRow;
  readonly original?: PostLook | null;
}

/**
 * Posts → what the rules ask for: two statements, and one more before them when there are reposts. A
 * post whose author is gone is not in the map. Nothing is judged here.
 */
export async function lookAt(
  q: Queryable,
  posts: readonly PostRow[],
  viewerId: PersonId | null,
): Promise<Map<PostId, PostLook>> {
  const ofReposts = posts.flatMap((post) => post.repost_of ?? []);
  const originals = await findPosts(q, ofReposts);
  const authorIds = [...posts, ...originals].map((post) => post.author_id);
  const [people, relations] = await Promise.all([
    hydratePeople(q, authorIds),
    relationsAmong(q, viewerId, authorIds, KINDS_FOR_POSTS),
  ]);
  const byId = new Map(originals.map((post) => [post.post_id, post]));
  const look = (post: PostRow): PostLook | null => {
    const person = people.get(post.author_id);
    if (!person) return null;
    const parts = { post, person, viewerId, relation: relations.get(post.author_id) ?? STRANGER };
    if (post.repost_of === null) return parts;
    const original = byId.get(post.repost_of);
    return { ...parts, original: original ? look(original) : null };
  };
  return new Map(posts.map(look).flatMap((found) => (found ? [[found.post.post_id, found]] : [])));
}
