import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Place } from '../../../api/places.ts';
import { ofPost } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { json } from '../../ports/db/json.ts';
import type { SaidOfPost, TagRow } from './store.ts';

/** The next event number of a post, counted on its row, which this locks. */
export async function nextPostSeq(tx: Transaction, postId: PostId): Promise<string> {
  const [row] = await tx.query<{ event_seq: string }>(
    'update posts set event_seq = event_seq + 1 where post_id = $1 returning event_seq',
    [postId],
  );
  if (!row) throw new Error(`post ${postId} does not exist`);
  return row.event_seq;
}

/** Writes all that is said of a post anew. */
export async function updateSaid(
  tx: Transaction,
  postId: PostId,
  said: SaidOfPost & { readonly revision: number; readonly edited_at: Date | null },
): Promise<void> {
  tx.touch(ofPost(postId));
  await tx.query(
    `update posts set caption = $2, mentions = $3, hashtags = $4, place = $5, tagged = $6,
       audience = $7, likes_hidden = $8, comments_off = $9, revision = $10, edited_at = $11
     where post_id = $1`,
    [
      postId,
      said.caption,
      json(said.mentions),
      said.hashtags,
      said.place,
      json(said.tagged),
      said.audience,
      said.likes_hidden,
      said.comments_off,
      said.revision,
      said.edited_at,
    ],
  );
}

export async function updateTagged(
  tx: Transaction,
  postId: PostId,
  tagged: readonly TagRow[],
  untagged: readonly PersonId[],
): Promise<void> {
  tx.touch(ofPost(postId));
  await tx.query('update posts set tagged = $2, untagged = $3 where post_id = $1', [
    postId,
    json(tagged),
    untagged,
  ]);
}

export async function setRestored(tx: Transaction, postId: PostId) {
  tx.touch(ofPost(postId));
  await tx.query('update posts set deleted_at = null where post_id = $1', [postId]);
}

export async function setArchived(tx: Transaction, postId: PostId, at: Date | null) {
  tx.touch(ofPost(postId));
  await tx.query('update posts set archived_at = $2 where post_id = $1', [postId, at]);
}

/** What stands in the history of a post. */
export type WhatWas = {
  readonly caption: string;
  readonly place: Place | null;
  readonly tagged: readonly TagRow[];
  readonly alts: readonly { readonly media_id: MediaId; readonly alt: string }[];
};

export interface RevisionRow {
  revision: number;
  was: WhatWas;
  /** When the post came to be so. */
  edited_at: Date;
}

export async function insertRevision(tx: Transaction, postId: PostId, row: RevisionRow) {
  await tx.query(
    'insert into post_revisions (post_id, revision, was, edited_at) values ($1, $2, $3, $4)',
    [postId, row.revision, row.was, row.edited_at],
  );
}

/** What the post was before, newest first, from below `before`. */
export async function listRevisions(
  q: Queryable,
  postId: PostId,
  take: number,
  before: string | null,
): Promise<RevisionRow[]> {
  return q.query<RevisionRow>(
    `select revision, was, edited_at from post_revisions
     where post_id = $1 and revision < coalesce($3::bigint, 9223372036854775807)
     order by revision desc limit $2`,
    [postId, take, before],
  );
}
