import type { PersonId, PostId } from '../../../api/ids.ts';
import type { ShareChannel } from '../../../api/sharing.ts';
import type { Transaction } from '../../ports/db/db.ts';

/** False when this person has shared the post this way before. */
export async function insertShare(
  tx: Transaction,
  share: { postId: PostId; personId: PersonId; channel: ShareChannel; at: Date },
): Promise<boolean> {
  const made = await tx.query(
    `insert into shares (post_id, person_id, channel, shared_at) values ($1, $2, $3, $4)
     on conflict (post_id, person_id, channel) do nothing returning channel`,
    [share.postId, share.personId, share.channel, share.at],
  );
  return made.length > 0;
}

/** Up to `take` shares of a post that is gone; true when there may be more. */
export async function removeSharesOfPost(tx: Transaction, postId: PostId, take: number) {
  const rows = await tx.query(
    `delete from shares where (post_id, person_id, channel) in (
       select post_id, person_id, channel from shares where post_id = $1
       order by person_id, channel limit $2)
     and post_id = $1 returning person_id`,
    [postId, take],
  );
  return rows.length === take;
}
