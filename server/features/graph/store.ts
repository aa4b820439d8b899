import type { PersonId } from '../../../api/ids.ts';
import { ofTies } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface EdgeRow {
  /** The person at the other end. */
  person_id: PersonId;
  /** Time-ordered; lists page by it. */
  edge_id: string;
}

/** Writes both rows of a follow; false when it was there before. */
export async function insertFollow(
  tx: Transaction,
  edge: { followerId: PersonId; followeeId: PersonId; followId: string; at: Date },
): Promise<boolean> {
  const values = [edge.followerId, edge.followeeId, edge.followId, edge.at];
  const made = await tx.query(
    `insert into follows_by_follower (follower_id, followee_id, follow_id, created_at)
     values ($1, $2, $3, $4) on conflict (follower_id, followee_id) do nothing
     returning follow_id`,
    values,
  );
  if (made.length === 0) return false;
  tx.touch(ofTies(edge.followerId), ofTies(edge.followeeId));
  await tx.query(
    `insert into follows_by_followee (follower_id, followee_id, follow_id, created_at)
     values ($1, $2, $3, $4)`,
    values,
  );
  return true;
}

/** Removes both rows; false when there was no follow. */
export async function removeFollow(
  tx: Transaction,
  edge: { followerId: PersonId; followeeId: PersonId },
): Promise<boolean> {
  const values = [edge.followerId, edge.followeeId];
  const gone = await tx.query(
    'delete from follows_by_follower where follower_id = $1 and followee_id = $2 returning follow_id',
    values,
  );
  if (gone.length === 0) return false;
  tx.touch(ofTies(edge.followerId), ofTies(edge.followeeId));
  await tx.query(
    'delete from follows_by_followee where follower_id = $1 and followee_id = $2',
    values,
  );
  return true;
}

/** Which of `others` this person follows. Bounded by `others`, however many are followed in all. */
export async function followedAmong(
  q: Queryable,
  personId: PersonId,
  others: readonly PersonId[],
): Promise<Set<PersonId>> {
  if (others.length === 0) return new Set();
  const rows = await q.query<{ followee_id: PersonId }>(
    `select followee_id from follows_by_follower
     where follower_id = $1 and followee_id = any($2::bigint[]) order by followee_id`,
    [personId, [...new Set(others)]],
  );
  return new Set(rows.map((row) => row.followee_id));
}

/** Which of `others` follow this person. Bounded by `others`, however many follow in all. */
export async function followersAmong(
  q: Queryable,
  personId: PersonId,
  others: readonly PersonId[],
): Promise<Set<PersonId>> {
  if (others.length === 0) return new Set();
  const rows = await q.query<{ follower_id: PersonId }>(
    `select follower_id from follows_by_followee
     where followee_id = $1 and follower_id = any($2::bigint[]) order by follower_id`,
    [personId, [...new Set(others)]],
  );
  return new Set(rows.map((row) => row.follower_id));
}

/** Newest follows first; `before` is the edge_id that ended the page before. */
export async function listFollowers(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: string | null,
): Promise<EdgeRow[]> {
  return q.query<EdgeRow>(
    `select follower_id as person_id, follow_id as edge_id from follows_by_followee
     where followee_id = $1 and follow_id < coalesce($3::bigint, 9223372036854775807)
     order by follow_id desc limit $2`,
    [personId, take, before],
  );
}

/** The same in the other direction. */
export async function listFollowing(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: string | null,
): Promise<EdgeRow[]> {
  return q.query<EdgeRow>(
    `select followee_id as person_id, follow_id as edge_id from follows_by_follower
     where follower_id = $1 and follow_id < coalesce($3::bigint, 9223372036854775807)
     order by follow_id desc limit $2`,
    [personId, take, before],
  );
}

/** Followers in the order of their ids, for work that goes through all of them in batches. */
export async function followerBatch(
  q: Queryable,
  personId: PersonId,
  after: PersonId | '0',
  take: number,
): Promise<PersonId[]> {
  const rows = await q.query<{ follower_id: PersonId }>(
    `select follower_id from follows_by_followee
     where followee_id = $1 and follower_id > $2 order by follower_id limit $3`,
    [personId, after, take],
  );
  return rows.map((row) => row.follower_id);
}

/** Whom somebody follows, in the order of their ids, for work that goes through all of them in batches. */
export async function followeeBatch(
  q: Queryable,
  personId: PersonId,
  after: PersonId | '0',
  take: number,
): Promise<PersonId[]> {
  const rows = await q.query<{ followee_id: PersonId }>(
    `select followee_id from follows_by_follower
     where follower_id = $1 and followee_id > $2 order by followee_id limit $3`,
    [personId, after, take],
  );
  return rows.map((row) => row.followee_id);
}

/** Follows of somebody that came after this one, the first first. */
export async function followersSince(
  q: Queryable,
  personId: PersonId,
  after: string,
  take: number,
): Promise<EdgeRow[]> {
  return q.query<EdgeRow>(
    `select follower_id as person_id, follow_id as edge_id from follows_by_followee
     where followee_id = $1 and follow_id > $2 order by follow_id limit $3`,
    [personId, after, take],
  );
}
