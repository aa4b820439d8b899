import type { Comment } from '../../../api/comments.ts';
import type { PersonRow } from '../people/store.ts';
import { userSummary } from '../people/view.ts';
import type { CommentRow } from './store.ts';

export function commentView(comment: CommentRow, author: PersonRow, canDelete: boolean): Comment {
  return {
    comment_id: comment.comment_id,
    post_id: comment.post_id,
    user: userSummary(author),
    parent_comment_id: null,
    reply_to: null,
    text: comment.text,
    mentions: [],
    likes_count: 0,
    replies_count: 0,
    pinned: false,
    held: false,
    created_at: comment.created_at.toISOString(),
    viewer: { liked: false, can_delete: canDelete, can_pin: false, can_approve: false },
  };
}
