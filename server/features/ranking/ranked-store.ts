import type { PersonId } from '../../../api/ids.ts';
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
  person_id: PersonId;
  version: string;
  made_at: Date;
  basis: string;
  posts: string;
}

const COLUMNS = 'person_id, version, made_at, basis, posts';

/** Versions that each person has: the one that they page through, and those of their other devices. */
export const VERSIONS_KEPT = 3;

/** The latest version of each of `people` who have one. */
export async function latestRankedFeeds(
  q: Queryable,
  people: readonly PersonId[],
): Promise<Map<PersonId, RankedFeed>> {
  const rows = await q.query<Row>(
    `select distinct on (person_id) ${COLUMNS} from ranked_feeds
     where person_id = any($1::bigint[]) order by person_id, version desc`,
    [people],
  );
  return new Map(rows.map((row) => [row.person_id, feedIn(row)]));
}

/** One version; null when it has been forgotten, or never was. */
export async function findRankedFeed(
  q: Queryable,
  personId: PersonId,
  version: string,
): Promise<RankedFeed | null> {
  const [row] = await q.query<Row>(
    `select ${COLUMNS} from ranked_feeds where person_id = $1 and version = $2`,
    [personId, version],
  );
  return row ? feedIn(row) : null;
}

const feedIn = ({ version, made_at, basis, posts }: Row): RankedFeed => ({
  version,
  made_at,
  basis,
  posts: posts === '' ? [] : posts.split('\n').map(postIn),
});

function postIn(line: string): PostInList {
  const [post_id, author_id, repost_of = null, repost_author_id = null] = line.split(' ');
  return { post_id, author_id, repost_of, repost_author_id } as PostInList;
}

const lineOf = ({ post_id, author_id, repost_of, repost_author_id }: PostInList) =>
  repost_of === null || repost_author_id === null
    ? `${post_id} ${author_id}`
    : `${post_id} ${author_id} ${repost_of} ${repost_author_id}`;

/** Keeps a version, and lets the oldest go. */
export async function insertRankedFeed(
  tx: Transaction,
  personId: PersonId,
  { version, made_at, basis, posts }: RankedFeed,
): Promise<void> {
  await tx.query(`insert into ranked_feeds (${COLUMNS}) values ($1, $2, $3, $4, $5)`, [
    personId,
    version,
    made_at,
    basis,
    posts.map(lineOf).join('\n'),
  ]);
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
