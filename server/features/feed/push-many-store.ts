import type { PersonId } from '../../../api/ids.ts';
import type { Param, Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';
import { announceEntries } from './announce.ts';
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
  const posts = pushes.map(({ post }) => post);
  const rows = await tx.query<ReachedRow>(
    statementOf(byTag ? 'hashtag' : 'author', reach.careful),
    [...paramsOf(posts, reach), ...(byTag ? [pushes.map(({ source }) => source)] : [])],
  );
  const reached = pushes.map(() => NOBODY);
  const entered: Entered = new Map();
  for (const row of rows) reached[Number(row.place) - 1] = reachedOf(row, posts, entered);
  announce(tx, entered);
  return reached;
}

/**
 * The same at once with the entry of the author, for those posts alone whose author is pushed and has, as
 * counted, fewer than `take` followers: who is left out is null. On Citus all are.
 */
export async function pushOfFew(
  tx: Transaction,
  posts: readonly PostInList[],
  reach: Reach,
): Promise<(Reached | null)[]> {
  const reached: (Reached | null)[] = posts.map(() => null);
  if (posts.length === 0 || (await tx.flavour()) === 'citus') return reached;
  const rows = await tx.query<ReachedRow>(
    statementOf('few', reach.careful),
    paramsOf(posts, reach),
  );
  const entered: Entered = new Map();
  for (const row of rows) {
    const post = posts[Number(row.place) - 1] as PostInList;
    reached[Number(row.place) - 1] = reachedOf(row, posts, entered);
    enter(entered, post.author_id, post);
  }
  announce(tx, entered);
  return reached;
}

interface ReachedRow {
  /** Of the post in the list, from 1 on. */
  readonly place: string;
  readonly scanned: number;
  readonly people: string | null;
  /** Those of them who may have their feed in a memory. */
  readonly active: string | null;
}

const paramsOf = (posts: readonly PostInList[], reach: Reach): Param[] => [
  posts.map((post) => post.post_id),
  posts.map((post) => post.author_id),
  posts.map((post) => post.repost_of),
  posts.map((post) => post.repost_author_id),
  reach.take,
  reach.activeSince,
  reach.awayBefore,
];

function reachedOf(row: ReachedRow, posts: readonly PostInList[], entered: Entered): Reached {
  const post = posts[Number(row.place) - 1] as PostInList;
  for (const personId of split(row.active)) enter(entered, personId, post);
  return { scanned: row.scanned, people: split(row.people) };
}

/** Of each post, into whose feeds it has come of those who may have theirs in a memory. */
type Entered = Map<PostInList, PersonId[]>;

function enter(entered: Entered, personId: PersonId, post: PostInList): void {
  const people = entered.get(post);
  if (people) people.push(personId);
  else entered.set(post, [personId]);
}

function announce(tx: Transaction, entered: Entered): void {
  for (const [post, people] of entered) announceEntries(tx, people, post);
}

const split = (ids: string | null) => (ids === null ? [] : (ids.split(' ') as PersonId[]));

const PRESENT = '(last_read_on is null or last_read_on >= $7::date)';
const ACTIVE = 'last_read_on >= $6::date';

const NAMES = 'post_id, author_id, repost_of, repost_author_id';
const LISTS = '$1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]';
const WANTED = `unnest(${LISTS}) with ordinality as wanted (${NAMES}, place)`;

const FOLLOWERS = `select follower_id as person_id from follows_by_followee
    where followee_id = post.author_id order by follower_id limit $5`;
const TAG_FOLLOWERS = `select person_id from hashtag_follows_by_tag
    where tag = post.source order by person_id limit $5`;

/** Which posts, whose followers, and whether authors get theirs too. */
const WAYS = {
  author: { posts: `select * from ${WANTED}`, followers: FOLLOWERS, own: false },
  hashtag: {
    posts: `select * from unnest(${LISTS}, $8::text[]) with ordinality
      as wanted (${NAMES}, source, place)`,
    followers: TAG_FOLLOWERS,
    own: false,
  },
  few: {
    posts: `select wanted.* from ${WANTED}
      join person_counts c on c.person_id = wanted.author_id
      left join feed_authors a on a.author_id = wanted.author_id
      where c.followers < $5 and a.mode is distinct from 'pull'`,
    followers: FOLLOWERS,
    own: true,
  },
} as const;

const statements = new Map<string, string>();

function statementOf(way: keyof typeof WAYS, careful: boolean): string {
  const name = `${way} ${careful}`;
  const known = statements.get(name) ?? statement(way, careful);
  statements.set(name, known);
  return known;
}

/** Followers are found first, so that days are looked up for all of them together. */
const statement = (way: keyof typeof WAYS, careful: boolean) => `
  with post as materialized (${WAYS[way].posts}),
  following as materialized (
    select post.*, follower.person_id
    from post cross join lateral (${WAYS[way].followers}) follower
  ),
  seen as materialized (
    select following.*, home.last_read_on
    from following left join feed_homes home on home.person_id = following.person_id
  ),
  made as (
    insert into feed_entries (person_id, ${NAMES})
    select person_id, ${NAMES} from seen where ${PRESENT}
    ${WAYS[way].own ? `union all select author_id, ${NAMES} from post` : ''}
    order by person_id, post_id
    ${careful ? 'on conflict (person_id, post_id) do nothing' : ''}
  )
  select post.place, count(seen.place)::integer as scanned,
    string_agg(seen.person_id::text, ' ') filter (where ${PRESENT}) as people,
    string_agg(seen.person_id::text, ' ') filter (where ${PRESENT} and ${ACTIVE}) as active
  from post left join seen on seen.place = post.place group by post.place order by post.place`;

/** On Citus followers and their feeds lie in different places. */
async function pushEach(tx: Transaction, pushes: readonly Push[], reach: Reach) {
  const reached: Reached[] = [];
  for (const push of pushes) {
    const round = { ...push, ...reach, turn: 'all', after: '0' } as const;
    reached.push(await pushRound(tx, round));
  }
  return reached;
}
