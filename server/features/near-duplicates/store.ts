import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** What a picture looks like, and which file it was made of. */
export interface PictureHash {
  media_id: MediaId;
  post_id: PostId;
  /** 64 bits, as a signed number in decimal digits. */
  phash: string | null;
  original_sha256: string | null;
}

export interface PairRow {
  person_id: PersonId;
  pair_id: string;
  /** The later picture. */
  media_id: MediaId;
  post_id: PostId;
  other_media_id: MediaId;
  other_post_id: PostId;
  /** Bits that differ */
  distance: number;
  exact: boolean;
}

export async function insertHashes(
  tx: Transaction,
  personId: PersonId,
  hashes: readonly PictureHash[],
): Promise<void> {
  await insertMany(tx, {
    table: 'picture_hashes',
    columns: {
      person_id: 'int8',
      media_id: 'int8',
      post_id: 'int8',
      phash: 'int8',
      original_sha256: 'text',
    },
    key: ['person_id', 'media_id'],
    rows: hashes.map((hash) => ({ person_id: personId, ...hash })),
    onConflict: `(person_id, media_id) do update set phash = excluded.phash,
      original_sha256 = excluded.original_sha256`,
  });
}

/**
 * Pictures of other posts of this person that are within `distance` bits of this one, or were made of the
 * same file; nearest first, then latest. Looks at the person's latest `among` pictures.
 */
export async function findAlike(
  q: Queryable,
  personId: PersonId,
  hash: PictureHash,
  limits: { readonly distance: number; readonly among: number; readonly take: number },
): Promise<Pick<PairRow, 'media_id' | 'post_id' | 'distance' | 'exact'>[]> {
  return q.query(
    `select media_id, post_id, distance, exact from (
       select media_id, post_id,
         coalesce(bit_count((phash # $3::bigint)::bit(64)), 0)::int4 as distance,
         coalesce(original_sha256 = $4, false) as exact,
         phash is not null and $3::bigint is not null as compared
       from (
         select media_id, post_id, phash, original_sha256 from picture_hashes
         where person_id = $1 and post_id <> $2 order by media_id desc limit $6) latest) alike
     where exact or (compared and distance <= $5)
     order by exact desc, distance, media_id desc limit $7`,
    [
      personId,
      hash.post_id,
      hash.phash,
      hash.original_sha256,
      limits.distance,
      limits.among,
      limits.take,
    ],
  );
}

/** Pairs that are there already stay as they are. */
export async function insertPairs(tx: Transaction, pairs: readonly PairRow[]): Promise<void> {
  await insertMany(tx, {
    table: 'near_duplicates',
    columns: {
      person_id: 'int8',
      pair_id: 'int8',
      media_id: 'int8',
      post_id: 'int8',
      other_media_id: 'int8',
      other_post_id: 'int8',
      distance: 'int2',
      exact: 'bool',
    },
    key: ['person_id', 'pair_id'],
    rows: pairs,
    onConflict: '(person_id, media_id, other_media_id) do nothing',
  });
}

/** Newest first, without those that the person keeps. */
export async function listPairs(
  q: Queryable,
  personId: PersonId,
  take: number,
  before: string | null,
): Promise<PairRow[]> {
  return q.query<PairRow>(
    `select person_id, pair_id, media_id, post_id, other_media_id, other_post_id, distance, exact
     from near_duplicates
     where person_id = $1 and pair_id < coalesce($3::bigint, 9223372036854775807) and not kept
     order by pair_id desc limit $2`,
    [personId, take, before],
  );
}

export async function keepPair(q: Queryable, personId: PersonId, pairId: string): Promise<void> {
  await q.query('update near_duplicates set kept = true where person_id = $1 and pair_id = $2', [
    personId,
    pairId,
  ]);
}

/** Takes away what is known of a post's pictures, and every pair that they are in. */
export async function removePostHashes(
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
): Promise<void> {
  await tx.query(
    'delete from near_duplicates where person_id = $1 and (post_id = $2 or other_post_id = $2)',
    [personId, postId],
  );
  await tx.query('delete from picture_hashes where person_id = $1 and post_id = $2', [
    personId,
    postId,
  ]);
}
