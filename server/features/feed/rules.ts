import type { PersonId } from '../../../api/ids.ts';
import type { PostRow } from '../posts/store.ts';

/** A pushed entry counts only while the viewer still follows its author; their own always do. */
export function belongsInHome(
  post: PostRow,
  viewerId: PersonId,
  followed: ReadonlySet<PersonId>,
): boolean {
  if (post.status !== 'published') return false;
  return post.author_id === viewerId || followed.has(post.author_id);
}
