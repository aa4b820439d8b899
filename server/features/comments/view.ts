import type { Comment } from '../../../api/comments.ts';
import type { PersonRow } from '../people/store.ts';
import { userSummary } from '../people/view.ts';
import type { CommentRow } from './store.ts';

export function commentView(comment: CommentRow, author: PersonRow, canDelete: boolean): Comment {
  return {
    comment_id: comment.comment_id,
    post_id: comment.post_id,
    user: userSummary(author),
    text: comment.text,
    created_at: comment.created_at.toISOString(),
    viewer: { can_delete: canDelete },
  };
}
