import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** Who reposted a post, and the post that it became. */
export interface RepostRow {
  person_id: PersonId;
  repost_id: PostId;
}

/**
 * Writes both rows of a repost in two statements that travel together; false when this person has
 * reposted the post before. Two at once wait for each other here.
 */
export async function insertRepost(
  tx: Transaction,
  repost: { personId: PersonId; postId: PostId; repostId: PostId },
): Promise<boolean> {
  const values = [repost.personId, repost.postId, repost.repostId];
  tx.touchLoosely(ofMarks(repost.personId));
  const [made] = await Promise.all([
    tx.query(
      `insert into reposts_by_person (person_id, post_id, repost_id) values ($1, $2, $3)
       on conflict (person_id, post_id) do nothing returning repost_id`,
      values,
    ),
    // Who is in the way of the first is in the way of this one, too.
    tx.query(
      `insert into reposts_by_post (person_id, post_id, repost_id) values ($1, $2, $3)
       on conflict (post_id, person_id) do nothing`,
      values,
    ),
  ]);
  return made.length > 0;
}

/**
 * Removes both rows and gives the post that the repost was; null when there was none. With `only`, not
 * when the post was undone and reposted again meanwhile.
 */
export async function removeRepost(
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
  only: PostId | null,
): Promise<PostId | null> {
  const [gone] = await tx.query<{ repost_id: PostId }>(
    `delete from reposts_by_person
     where person_id = $1 and post_id = $2 and repost_id = coalesce($3::bigint, repost_id)
     returning repost_id`,
    [personId, postId, only],
  );
  if (!gone) return null;
  tx.touchLoosely(ofMarks(personId));
  await tx.query('delete from reposts_by_post where post_id = $1 and person_id = $2', [
    postId,
    personId,
  ]);
  return gone.repost_id;
}

/** The post that a person's repost of this one is; null when there is none. */
export async function findRepost(
  q: Queryable,
  personId: PersonId,
  postId: PostId,
): Promise<PostId | null> {
  const [row] = await q.query<{ repost_id: PostId }>(
    'select repost_id from reposts_by_person where person_id = $1 and post_id = $2',
    [personId, postId],
  );
  return row?.repost_id ?? null;
}

/** Up to `take` reposts of a post, in the order of the people's ids. */
export async function repostsOf(q: Queryable, postId: PostId, take: number): Promise<RepostRow[]> {
  return q.query<RepostRow>(
    `select person_id, repost_id from reposts_by_post where post_id = $1
     order by person_id limit $2`,
    [postId, take],
  );
}
