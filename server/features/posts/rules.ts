import type { PersonId } from '../../../api/ids.ts';
import type { PostRow } from './store.ts';

/** What is known of a viewer and a post when it is judged. Nothing here is fetched. */
export interface Standing {
  readonly viewerId: PersonId | null;
}

/**
 * Whether this viewer may know that the post exists. The one place where that is decided: every
 * surface asks here.
 */
export function maySee(post: PostRow, { viewerId }: Standing): boolean {
  if (post.deleted_at) return false;
  if (post.status === 'published') return true;
  return post.author_id === viewerId;
}

/** Whether this viewer may edit or delete it. */
export function mayChange(post: PostRow, { viewerId }: Standing): boolean {
  return post.author_id === viewerId;
}

/** Liked and commented on is only what others can see too. */
export function mayEngage(post: PostRow, standing: Standing): boolean {
  return maySee(post, standing) && post.status === 'published';
}
