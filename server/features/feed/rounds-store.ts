import type { PersonId } from '../../../api/ids.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { followerBatch } from '../graph/store.ts';
import { tagFollowerBatch } from '../hashtags/store.ts';
import type { PostInList } from '../posts/store.ts';
import { announceEntries } from './announce.ts';
import { insertEntries } from './store.ts';

/** Who of a stretch of followers gets a post. Who is away never does. */
export type Turn =
  /** Everybody at once. */
  | 'all'
  /** Those who read lately. */
  | 'active'
  /** The others, and those who came back since. */
  | 'rest';

/** A stretch of followers, in the order of their ids. */
export interface Round {
  readonly post: PostInList;
  /** Empty: the author's followers; else a hashtag's. */
  readonly source: string;
  readonly turn: Turn;
  /**
   * Some may have the post already. Looking costs as much as half of writing, so where hardly anybody
   * can have it, it is not looked for, and a unique violation tells.
   */
  readonly careful: boolean;
  /** Days, `YYYY-MM-DD`. */
  readonly activeSince: string;
  readonly awayBefore: string;
  readonly after: string;
  readonly take: number;
}

export interface Pushed {
  /** Followers that were looked at, and the last of them. */
  readonly scanned: number;
  readonly last: string | null;
  /** Who has the post now. */
  readonly people: readonly PersonId[];
  /** Some are neither away nor were they active. */
  readonly restSeen: boolean;
}

interface Follower {
  readonly person_id: PersonId;
  readonly last_read_on: string | null;
  readonly returned_on: string | null;
}

/**
 * Brings a post to a stretch of followers. On PostgreSQL without a row leaving the database; on Citus,
 * where followers and their feeds lie in different places, by the way of this process.
 */
export async function pushRound(tx: Transaction, round: Round): Promise<Pushed> {
  if ((await tx.flavour()) === 'citus') return pushFromHere(tx, round);
  const { post, source, turn, careful } = round;
  const [row] = await tx.query<{
    scanned: number;
    last: string | null;
    people: string | null;
    active: string | null;
    rest_seen: boolean | null;
  }>(
    statementOf(turn, source === '' ? 'followers' : 'hashtag', careful),
    [
      source === '' ? post.author_id : source,
      round.after,
      round.take,
      round.activeSince,
      round.awayBefore,
      post.post_id,
      post.author_id,
      post.repost_of,
      post.repost_author_id,
    ],
    // A kept statement is planned for a stretch of unknown length, and looks each follower up: of
    // thousands that costs three times the one join that a plan for just them takes.
    { prepare: turn === 'all' },
  );
  if (!row) throw new Error('a round gave no answer');
  const people = split(row.people);
  const active = turn === 'active' ? people : split(row.active);
  announceEntries(tx, active, post);
  return {
    scanned: row.scanned,
    last: row.last,
    people,
    restSeen: row.rest_seen === true,
  };
}

const split = (ids: string | null) => (ids === null ? [] : (ids.split(' ') as PersonId[]));

const FOLLOWERS = {
  followers: `select follower_id as person_id from follows_by_followee
    where followee_id = $1::bigint and follower_id > $2 order by follower_id limit $3`,
  hashtag: `select person_id from hashtag_follows_by_tag
    where tag = $1 and person_id > $2 order by person_id limit $3`,
} as const;

/** Who came back in the middle of a fan-out may have been in neither round; looked for only then. */
const BACK = `(back and not exists (
  select from feed_entries e where e.person_id = seen.person_id and e.post_id = $6::bigint))`;

const TURNS: Readonly<Record<Turn, string>> = {
  all: 'present',
  active: 'active',
  rest: `present and (not active or ${BACK})`,
};

const statements = new Map<string, string>();

function statementOf(turn: Turn, source: keyof typeof FOLLOWERS, careful: boolean): string {
  const name = `${turn} ${source} ${careful}`;
  const known = statements.get(name);
  if (known !== undefined) return known;
  const made = statement(turn, FOLLOWERS[source], careful);
  statements.set(name, made);
  return made;
}

/** Each follower is judged once; what is done with them takes the judgement. */
const statement = (turn: Turn, followers: string, careful: boolean) => `
  with seen as materialized (
    select f.person_id, coalesce(h.last_read_on >= $4::date, false) as active,
      (h.last_read_on is null or h.last_read_on >= $5::date) as present
      ${turn === 'rest' ? ', coalesce(h.returned_on >= $4::date, false) as back' : ''}
    from (${followers}) f left join feed_homes h on h.person_id = f.person_id
  ),
  made as (
    insert into feed_entries (person_id, post_id, author_id, repost_of, repost_author_id)
    select person_id, $6::bigint, $7::bigint, $8::bigint, $9::bigint from seen
    where ${TURNS[turn]} order by person_id
    ${careful ? 'on conflict (person_id, post_id) do nothing' : ''}
  )
  select count(*)::integer as scanned, max(person_id) as last,
    string_agg(person_id::text, ' ') filter (where ${TURNS[turn]}) as people,
    ${
      turn === 'active'
        ? 'null as active'
        : `string_agg(person_id::text, ' ') filter (where ${TURNS[turn]} and active) as active`
    },
    bool_or(present and not active) as rest_seen
  from seen`;

async function pushFromHere(tx: Transaction, round: Round): Promise<Pushed> {
  const { post, source, take, after } = round;
  const from = after as PersonId | '0';
  const followers =
    source === ''
      ? await followerBatch(tx, post.author_id, from, take)
      : await tagFollowerBatch(tx, source, from, take);
  const seen = await readDaysOf(tx, followers);
  const due = seen.filter((follower) => isDue(follower, round));
  await insertEntries(
    tx,
    due.map(({ person_id }) => ({ person_id, ...post })),
  );
  return {
    scanned: followers.length,
    last: followers.at(-1) ?? null,
    people: due.map(({ person_id }) => person_id),
    restSeen: seen.some((one) => isPresent(one, round) && !isActive(one, round)),
  };
}

async function readDaysOf(q: Queryable, people: readonly PersonId[]): Promise<Follower[]> {
  const rows = await q.query<Follower>(
    `select person_id, last_read_on, returned_on from feed_homes
     where person_id = any($1::bigint[]) order by person_id`,
    [people],
  );
  const homes = new Map(rows.map((row) => [row.person_id, row]));
  return people.map(
    (person_id) => homes.get(person_id) ?? { person_id, last_read_on: null, returned_on: null },
  );
}

const isPresent = (one: Follower, { awayBefore }: Round) =>
  one.last_read_on === null || one.last_read_on >= awayBefore;
const isActive = (one: Follower, { activeSince }: Round) =>
  one.last_read_on !== null && one.last_read_on >= activeSince;

function isDue(one: Follower, round: Round): boolean {
  if (round.turn === 'active') return isActive(one, round);
  if (!isPresent(one, round)) return false;
  const back = one.returned_on !== null && one.returned_on >= round.activeSince;
  return round.turn === 'all' || !isActive(one, round) || back;
}
