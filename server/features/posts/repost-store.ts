import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { json } from '../../ports/db/json.ts';
import { insertCounts } from './counts-store.ts';
import type { PostRow } from './store.ts';

/** The event number of what is published as it is written. */
export const FIRST_SEQ = '1';

/** What of a repost is its own. */
export type NewRepost = Pick<
  PostRow,
  'post_id' | 'author_id' | 'caption' | 'mentions' | 'hashtags' | 'created_at'
> & { readonly repost_of: PostId; readonly repost_author_id: PersonId };

/** The row that `insertRepostedPost` writes. */
export function repostRow(repost: NewRepost): PostRow {
  return {
    status: 'published',
    failure_code: null,
    failure_message: null,
    place: null,
    tagged: [],
    untagged: [],
    audience: 'everyone',
    likes_hidden: false,
    comments_off: false,
    revision: 0,
    edited_at: null,
    archived_at: null,
    deleted_at: null,
    ...repost,
  };
}

/**
 * A repost has no pictures of its own, so it is published as it is written: its first event has the
 * number `FIRST_SEQ`. Two statements that travel together.
 */
export async function insertRepostedPost(tx: Transaction, post: NewRepost): Promise<void> {
  await Promise.all([
    tx.query(
      `insert into posts (post_id, author_id, status, caption, mentions, hashtags, repost_of,
         repost_author_id, created_at, event_seq)
       values ($1, $2, 'published', $3, $4, $5, $6, $7, $8, ${FIRST_SEQ})`,
      [
        post.post_id,
        post.author_id,
        post.caption,
        json(post.mentions),
        post.hashtags,
        post.repost_of,
        post.repost_author_id,
        post.created_at,
      ],
    ),
    insertCounts(tx, post.post_id),
  ]);
}
