import type { PersonId } from '../../../api/ids.ts';

/** Its author, and whoever owns the post that it stands under. */
export function mayDelete(
  comment: { author_id: PersonId },
  post: { author_id: PersonId },
  viewerId: PersonId | null,
): boolean {
  return viewerId !== null && (comment.author_id === viewerId || post.author_id === viewerId);
}
