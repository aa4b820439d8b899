import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { hydratePeople } from '../people/hydrate.ts';
import { findPosts, likedAmong } from './store.ts';
import type { HydratedPost } from './view.ts';

/** A place in a list: the post, and its author, so that one wave fetches both. */
export interface PostRef {
  readonly postId: PostId;
  readonly authorId: PersonId;
}

/**
 * Refs → all parts of the posts, in one parallel wave of four statements whose size is bounded by the
 * page. Posts that are gone are not in the map. Nothing is judged here.
 */
export async function hydratePosts(
  q: Queryable,
  refs: readonly PostRef[],
  viewerId: PersonId | null,
): Promise<Map<PostId, HydratedPost>> {
  if (refs.length === 0) return new Map();
  const postIds = refs.map((ref) => ref.postId);
  const [posts, authors, media, liked] = await Promise.all([
    findPosts(q, postIds),
    hydratePeople(
      q,
      refs.map((ref) => ref.authorId),
    ),
    mediaOfPosts(q, postIds),
    viewerId ? likedAmong(q, viewerId, postIds) : new Set<PostId>(),
  ]);
  const hydrated = new Map<PostId, HydratedPost>();
  for (const post of posts) {
    const author = authors.get(post.author_id);
    if (!author) continue;
    hydrated.set(post.post_id, {
      post,
      author,
      media: media.get(post.post_id) ?? [],
      liked: liked.has(post.post_id),
    });
  }
  return hydrated;
}
