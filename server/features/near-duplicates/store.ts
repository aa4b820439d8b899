import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';

/** What a picture looks like, and which file it was made of. */
export interface PictureHash {
  person_id: PersonId;
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

export async function insertHashes(tx: Transaction, hashes: readonly PictureHash[]): Promise<void> {
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
    rows: hashes.map((hash) => ({ ...hash })),
    onConflict: `(person_id, media_id) do update set phash = excluded.phash,
      original_sha256 = excluded.original_sha256`,
  });
}

/** Another picture that looks like one. */
export interface Alike extends Pick<PairRow, 'media_id' | 'post_id' | 'distance' | 'exact'> {
  of_media_id: MediaId;
}

/** How near, among how many of the latest, and how many at most. */
export interface AlikeLimits {
  readonly distance: number;
  readonly among: number;
  readonly take: number;
}

/**
 * For each of these pictures: those of other posts of the same person that are within `distance` bits of it,
 * or were made of the same file; nearest first, then latest. Looks at the person's latest `among` pictures.
 */
export async function findAlike(
  q: Queryable,
  hashes: readonly PictureHash[],
  limits: AlikeLimits,
): Promise<Alike[]> {
  if (hashes.length === 0) return [];
  // On Citus each goes to its own shard.
  if ((await q.flavour()) === 'citus') {
    return (await Promise.all(hashes.map((hash) => findAlikeOne(q, hash, limits)))).flat();
  }
  return q.query<Alike>(
    `select wanted.media_id as of_media_id, alike.media_id, alike.post_id, alike.distance, alike.exact
     from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[])
       as wanted (person_id, media_id, post_id, phash, original_sha256)
     cross join lateral (${alikeTo('wanted')}) alike
     order by wanted.media_id, alike.exact desc, alike.distance, alike.media_id desc`,
    [
      ...limitsOf(limits),
      hashes.map((hash) => hash.person_id),
      hashes.map((hash) => hash.media_id),
      hashes.map((hash) => hash.post_id),
      hashes.map((hash) => hash.phash),
      hashes.map((hash) => hash.original_sha256),
    ],
  );
}

async function findAlikeOne(q: Queryable, hash: PictureHash, limits: AlikeLimits) {
  const rows = await q.query<Omit<Alike, 'of_media_id'>>(
    `select media_id, post_id, distance, exact from (${alikeTo(null)}) alike
     order by exact desc, distance, media_id desc`,
    [...limitsOf(limits), hash.person_id, hash.post_id, hash.phash, hash.original_sha256],
  );
  return rows.map((row): Alike => ({ of_media_id: hash.media_id, ...row }));
}

const limitsOf = ({ distance, among, take }: AlikeLimits) => [distance, among, take];

/** Of a row by this name, or of the parameters from $4 on. */
function alikeTo(row: 'wanted' | null): string {
  const [person, post, phash, file] = row
    ? ['person_id', 'post_id', 'phash', 'original_sha256'].map((name) => `${row}.${name}`)
    : ['$4', '$5', '$6::bigint', '$7'];
  return `select media_id, post_id, distance, exact from (
      select media_id, post_id,
        coalesce(bit_count((phash # ${phash})::bit(64)), 0)::int4 as distance,
        coalesce(original_sha256 = ${file}, false) as exact,
        phash is not null and ${phash} is not null as compared
      from (
        select media_id, post_id, phash, original_sha256 from picture_hashes
        where person_id = ${person} and post_id <> ${post} order by media_id desc limit $2) latest
    ) judged
    where exact or (compared and distance <= $1)
    order by exact desc, distance, media_id desc limit $3`;
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
