import type { PersonId } from '../../../api/ids.ts';

interface Standing {
  readonly author_id: PersonId;
  readonly root_id: string | null;
  readonly held_at: Date | null;
}

interface Owned {
  readonly author_id: PersonId;
}

/** Its author, and whoever owns the post that it stands under. */
export function mayDelete(comment: Owned, post: Owned, viewerId: PersonId | null): boolean {
  return viewerId !== null && (comment.author_id === viewerId || post.author_id === viewerId);
}

/** Whoever owns the post, what everyone sees and begins a thread. */
export function mayPin(
  comment: Omit<Standing, 'author_id'>,
  post: Owned,
  viewerId: PersonId | null,
): boolean {
  return post.author_id === viewerId && comment.root_id === null && comment.held_at === null;
}

/** Whoever owns the post, what waits. */
export function mayApprove(
  comment: Pick<Standing, 'held_at'>,
  post: Owned,
  viewerId: PersonId | null,
): boolean {
  return post.author_id === viewerId && comment.held_at !== null;
}
