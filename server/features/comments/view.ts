import type { Comment } from '../../../api/comments.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Met } from '../graph/relations.ts';
import { userSummary } from '../people/view.ts';
import { mayApprove, mayDelete, mayPin } from './rules.ts';
import type { CommentRow } from './store.ts';

/** Those who may stand before the viewer. */
export type MetPeople = ReadonlyMap<PersonId, Met>;

/** A comment as this viewer sees it; null when its author may not stand before them. */
export function commentView(
  comment: CommentRow,
  met: MetPeople,
  post: { author_id: PersonId },
  viewerId: PersonId | null,
): Comment | null {
  const author = met.get(comment.author_id);
  if (!author) return null;
  const answered = comment.answered_id && met.get(comment.answered_id);
  return {
    comment_id: comment.comment_id,
    post_id: comment.post_id,
    parent_comment_id: comment.parent_id,
    root_comment_id: comment.root_id,
    reply_to: answered ? answered.person.username : null,
    user: userSummary(author.person),
    text: comment.text,
    mentions: comment.mentions.filter((one) => met.has(one.person_id)).map((one) => one.username),
    likes_count: comment.likes,
    replies_count: comment.replies,
    held_replies_count: comment.held_replies,
    pinned: comment.pinned_at !== null,
    held: comment.held_at !== null,
    created_at: comment.created_at.toISOString(),
    viewer: {
      liked: comment.liked,
      can_delete: mayDelete(comment, post, viewerId),
      can_pin: mayPin(comment, post, viewerId),
      can_approve: mayApprove(comment, post, viewerId),
    },
  };
}

/** Everyone whom showing these comments asks about. */
export function peopleIn(comments: readonly CommentRow[]): PersonId[] {
  return comments.flatMap(({ author_id, answered_id, mentions }) => [
    author_id,
    ...(answered_id ? [answered_id] : []),
    ...mentions.map((one) => one.person_id),
  ]);
}
