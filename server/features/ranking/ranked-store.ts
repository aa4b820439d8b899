import type { PersonId, PostId } from '../../../api/ids.ts';
import { ofRanked } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';

/** A feed in the order in which it was ranked at one time. */
export interface RankedFeed {
  /** Time-ordered. */
  readonly version: string;
  readonly made_at: Date;
  /** What it was ranked from: while that is the same, so is the order. Empty when something has changed. */
  readonly basis: string;
  /** Best first. */
  readonly posts: readonly PostInList[];
}

interface Row {
  version: string;
  made_at: Date;
  basis: string;
  post_ids: PostId[];
  author_ids: PersonId[];
  repost_ofs: (PostId | null)[];
  repost_author_ids: (PersonId | null)[];
}

/** Versions that each person has: the one that they page through, and those of their other devices. */
export const VERSIONS_KEPT = 3;

/** All versions of each of `people`, the newest first. */
export async function findRankedFeeds(
  q: Queryable,
  people: readonly PersonId[],
): Promise<Map<PersonId, RankedFeed[]>> {
  const rows = await q.query<Row & { person_id: PersonId }>(
    `select person_id, version, made_at, basis, post_ids, author_ids, repost_ofs, repost_author_ids
     from ranked_feeds where person_id = any($1::bigint[]) order by person_id, version desc`,
    [people],
  );
  const found = new Map<PersonId, RankedFeed[]>(people.map((id) => [id, []]));
  for (const { person_id, version, made_at, basis, ...lists } of rows) {
    found.get(person_id)?.push({ version, made_at, basis, posts: postsIn(lists) });
  }
  return found;
}

const postsIn = (lists: Omit<Row, 'version' | 'made_at' | 'basis'>): PostInList[] =>
  lists.post_ids.map((post_id, index) => ({
    post_id,
    author_id: lists.author_ids[index] as PersonId,
    repost_of: lists.repost_ofs[index] ?? null,
    repost_author_id: lists.repost_author_ids[index] ?? null,
  }));

/** Keeps a version, and lets the oldest go. */
export async function insertRankedFeed(
  tx: Transaction,
  personId: PersonId,
  { version, made_at, basis, posts }: RankedFeed,
): Promise<void> {
  await tx.query(
    `insert into ranked_feeds (person_id, version, made_at, basis, post_ids, author_ids, repost_ofs,
       repost_author_ids)
     values ($1, $2, $3, $4, $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])`,
    [
      personId,
      version,
      made_at,
      basis,
      posts.map((post) => post.post_id),
      posts.map((post) => post.author_id),
      posts.map((post) => post.repost_of),
      posts.map((post) => post.repost_author_id),
    ],
  );
  await tx.query(
    `delete from ranked_feeds where person_id = $1 and version in (
       select version from ranked_feeds where person_id = $1 order by version desc offset $2)`,
    [personId, VERSIONS_KEPT],
  );
  tx.touchLoosely(ofRanked(personId));
}

/** The next first page is ranked anew: something that no basis tells of has changed. */
export async function ageRankedFeeds(tx: Transaction, personId: PersonId): Promise<void> {
  const aged = await tx.query(
    `update ranked_feeds set basis = '' where person_id = $1 and basis <> '' returning version`,
    [personId],
  );
  if (aged.length > 0) tx.touchLoosely(ofRanked(personId));
}

/** Up to `take` versions made before a time, of anybody; true when there may be more. */
export async function removeRankedBefore(q: Queryable, before: Date, take: number) {
  const gone = await q.query(
    `delete from ranked_feeds where (person_id, version) in (
       select person_id, version from ranked_feeds where made_at < $1
       order by person_id, version limit $2)
     returning version`,
    [before, take],
  );
  return gone.length === take;
}
