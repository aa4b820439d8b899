import type { PersonId } from '../../../api/ids.ts';
import { ofHome } from '../../kernel/touch-keys.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';
import { pushRound } from './rounds-store.ts';

/** A post that is to go to everybody of one source. */
export interface Push {
  readonly post: PostInList;
  /** Empty: the author's followers; else a hashtag's. */
  readonly source: string;
}

/** Whom of each source, and who is away or may have their feed in a memory: days, `YYYY-MM-DD`. */
export interface Reach {
  /** So many of each source, in the order of their ids. */
  readonly take: number;
  readonly activeSince: string;
  readonly awayBefore: string;
  /**
   * Some may have a post already. Looking costs as much as half of writing; where hardly anybody can have
   * one, a unique violation tells.
   */
  readonly careful: boolean;
}

export interface Reached {
  /** Followers that were looked at. */
  readonly scanned: number;
  /** Who has the post now. */
  readonly people: readonly PersonId[];
}

const NOBODY: Reached = { scanned: 0, people: [] };

/**
 * Brings several posts to everybody of their sources, who is away left out; all by followers or all by
 * hashtags. On PostgreSQL one statement, whose entries it sorts by their keys; on Citus a round each.
 * Answers in the order of `pushes`.
 */
export async function pushMany(
  tx: Transaction,
  pushes: readonly Push[],
  reach: Reach,
): Promise<Reached[]> {
  if (pushes.length === 0) return [];
  if ((await tx.flavour()) === 'citus') return pushEach(tx, pushes, reach);
  const byTag = pushes[0]?.source !== '';
  const rows = await tx.query<{
    place: string;
    scanned: number;
    people: string | null;
    active: string | null;
  }>(byTag ? BY_HASHTAG : reach.careful ? BY_AUTHOR : BY_AUTHOR_ANEW, [
    pushes.map(({ post }) => post.post_id),
    pushes.map(({ post }) => post.author_id),
    pushes.map(({ post }) => post.repost_of),
    pushes.map(({ post }) => post.repost_author_id),
    reach.take,
    reach.activeSince,
    reach.awayBefore,
    ...(byTag ? [pushes.map(({ source }) => source)] : []),
  ]);
  const reached = pushes.map(() => NOBODY);
  const entered = new Map<PersonId, PostInList[]>();
  for (const row of rows) {
    const at = Number(row.place) - 1;
    const post = pushes[at]?.post as PostInList;
    reached[at] = { scanned: row.scanned, people: split(row.people) };
    for (const personId of split(row.active)) {
      const posts = entered.get(personId);
      if (posts) posts.push(post);
      else entered.set(personId, [post]);
    }
  }
  announce(tx, entered);
  return reached;
}

/** What has entered the feeds of those who may have theirs in a memory. */
function announce(tx: Transaction, entered: ReadonlyMap<PersonId, readonly PostInList[]>): void {
  for (const personId of entered.keys()) tx.touchLoosely(ofHome(personId));
}

const split = (ids: string | null) => (ids === null ? [] : (ids.split(' ') as PersonId[]));

const FOLLOWERS = `select follower_id as person_id from follows_by_followee
    where followee_id = post.author_id order by follower_id limit $5`;
const TAG_FOLLOWERS = `select person_id from hashtag_follows_by_tag
    where tag = post.source order by person_id limit $5`;

const PRESENT = '(last_read_on is null or last_read_on >= $7::date)';
const ACTIVE = 'last_read_on >= $6::date';

/** Followers are found first, so that days are looked up for all of them together. */
const statement = (lists: string, names: string, followers: string, careful: boolean) => `
  with following as materialized (
    select post.*, follower.person_id
    from unnest(${lists}) with ordinality as post (${names}, place)
    cross join lateral (${followers}) follower
  ),
  seen as materialized (
    select following.*, home.last_read_on
    from following left join feed_homes home on home.person_id = following.person_id
  ),
  made as (
    insert into feed_entries (person_id, post_id, author_id, repost_of, repost_author_id)
    select person_id, post_id, author_id, repost_of, repost_author_id from seen
    where ${PRESENT} order by person_id, post_id
    ${careful ? 'on conflict (person_id, post_id) do nothing' : ''}
  )
  select place, count(*)::integer as scanned,
    string_agg(person_id::text, ' ') filter (where ${PRESENT}) as people,
    string_agg(person_id::text, ' ') filter (where ${PRESENT} and ${ACTIVE}) as active
  from seen group by place order by place`;

const LISTS = '$1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]';
const NAMES = 'post_id, author_id, repost_of, repost_author_id';
const BY_AUTHOR = statement(LISTS, NAMES, FOLLOWERS, true);
const BY_AUTHOR_ANEW = statement(LISTS, NAMES, FOLLOWERS, false);
const BY_HASHTAG = statement(`${LISTS}, $8::text[]`, `${NAMES}, source`, TAG_FOLLOWERS, true);

/** On Citus followers and their feeds lie in different places. */
async function pushEach(tx: Transaction, pushes: readonly Push[], reach: Reach) {
  const reached: Reached[] = [];
  for (const push of pushes) {
    const round = { ...push, ...reach, turn: 'all', after: '0' } as const;
    reached.push(await pushRound(tx, round));
  }
  return reached;
}
