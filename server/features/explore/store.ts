import type { ExploreReason } from '../../../api/feed.ts';
import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

/** Why a post is recommended; `cause` is a person's id or a hashtag, empty for nobody. */
export interface Why {
  readonly kind: ExploreReason['kind'];
  readonly cause: string;
}

export interface Recommended {
  readonly post_id: PostId;
  readonly author_id: PersonId;
  readonly why: Why;
}

/** What was recommended to somebody at one time, best first. */
export interface ExploreVersion {
  readonly version: string;
  readonly made_at: Date;
  readonly posts: readonly Recommended[];
}

interface Row {
  version: string;
  made_at: Date;
  post_ids: PostId[];
  author_ids: PersonId[];
  kinds: Why['kind'][];
  causes: string[];
}

/** One version, or the newest; null when there is none, or when it has been forgotten. */
export async function readExplore(
  q: Queryable,
  personId: PersonId,
  version: string | null,
): Promise<ExploreVersion | null> {
  const [row] = await q.query<Row>(
    `select version, made_at, post_ids, author_ids, kinds, causes from explore_feeds
     where person_id = $1 and version = coalesce($2::bigint, version)
     order by version desc limit 1`,
    [personId, version],
  );
  if (!row) return null;
  const posts = row.post_ids.map((post_id, n) => ({
    post_id,
    author_id: row.author_ids[n] as PersonId,
    why: { kind: row.kinds[n] ?? 'popular', cause: row.causes[n] ?? '' },
  }));
  return { version: row.version, made_at: row.made_at, posts };
}

/** Writes a version and forgets those that were made before `forgetBefore`. */
export async function saveExplore(
  tx: Transaction,
  personId: PersonId,
  { version, made_at, posts }: ExploreVersion,
  forgetBefore: Date,
): Promise<void> {
  await tx.query('delete from explore_feeds where person_id = $1 and made_at < $2', [
    personId,
    forgetBefore,
  ]);
  await tx.query(
    `insert into explore_feeds (person_id, version, made_at, post_ids, author_ids, kinds, causes)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      personId,
      version,
      made_at,
      posts.map((post) => post.post_id),
      posts.map((post) => post.author_id),
      posts.map((post) => post.why.kind),
      posts.map((post) => post.why.cause),
    ],
  );
}

/** Up to `take` versions of anybody that were made before a time; true when there may be more. */
export async function removeExploreBefore(
  q: Queryable,
  before: Date,
  take: number,
): Promise<boolean> {
  const gone = await q.query(
    `delete from explore_feeds where (person_id, version) in (
       select person_id, version from explore_feeds where made_at < $1
       order by person_id, version limit $2)
     returning version`,
    [before, take],
  );
  return gone.length === take;
}

export interface PopularPosts {
  readonly postIds: readonly PostId[];
  readonly computedAt: Date;
}

export async function readPopularPosts(q: Queryable): Promise<PopularPosts | null> {
  const [row] = await q.query<{ post_ids: PostId[]; computed_at: Date }>(
    'select post_ids, computed_at from popular_posts where only_one',
  );
  return row ? { postIds: row.post_ids, computedAt: row.computed_at } : null;
}

export async function savePopularPosts(q: Queryable, postIds: readonly PostId[], at: Date) {
  await q.query(
    `insert into popular_posts (only_one, post_ids, computed_at) values (true, $1, $2)
     on conflict (only_one) do update
     set post_ids = excluded.post_ids, computed_at = excluded.computed_at`,
    [postIds, at],
  );
}

/** Forgets them when nobody has asked for so long: a post that is gone for good leaves no id. */
export async function removePopularBefore(q: Queryable, before: Date): Promise<void> {
  await q.query('delete from popular_posts where only_one and computed_at < $1', [before]);
}
