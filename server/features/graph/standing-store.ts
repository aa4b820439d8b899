import type { PersonId } from '../../../api/ids.ts';
import { ofTies } from '../../kernel/touch-keys.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import type { EdgeRow } from './store.ts';

/** What each new row carries: who did it to whom, the id that lists page by, and when. */
export interface NewEdge {
  readonly ownerId: PersonId;
  readonly otherId: PersonId;
  readonly edgeId: string;
  readonly at: Date;
}

type Ends = Pick<NewEdge, 'ownerId' | 'otherId'>;

const valuesOf = ({ ownerId, otherId, edgeId, at }: NewEdge) => [ownerId, otherId, edgeId, at];

/** Writes both rows of a block; false when it was there before. */
export async function insertBlock(tx: Transaction, edge: NewEdge): Promise<boolean> {
  const made = await tx.query(
    `insert into blocks_by_blocker (blocker_id, blocked_id, block_id, created_at)
     values ($1, $2, $3, $4) on conflict (blocker_id, blocked_id) do nothing returning block_id`,
    valuesOf(edge),
  );
  if (made.length === 0) return false;
  tx.touch(ofTies(edge.ownerId), ofTies(edge.otherId));
  await tx.query('insert into blocks_by_blocked (blocker_id, blocked_id) values ($1, $2)', [
    edge.ownerId,
    edge.otherId,
  ]);
  return true;
}

export async function removeBlock(tx: Transaction, { ownerId, otherId }: Ends): Promise<boolean> {
  const gone = await tx.query(
    `delete from blocks_by_blocker where blocker_id = $1 and blocked_id = $2 returning block_id`,
    [ownerId, otherId],
  );
  if (gone.length === 0) return false;
  tx.touch(ofTies(ownerId), ofTies(otherId));
  await tx.query('delete from blocks_by_blocked where blocker_id = $1 and blocked_id = $2', [
    ownerId,
    otherId,
  ]);
  return true;
}

/** Writes both rows of a close friend; false when they were one before. */
export async function insertCloseFriend(tx: Transaction, edge: NewEdge): Promise<boolean> {
  const made = await tx.query(
    `insert into close_friends_by_owner (owner_id, friend_id, entry_id, created_at)
     values ($1, $2, $3, $4) on conflict (owner_id, friend_id) do nothing returning entry_id`,
    valuesOf(edge),
  );
  if (made.length === 0) return false;
  tx.touch(ofTies(edge.ownerId), ofTies(edge.otherId));
  await tx.query('insert into close_friends_by_friend (owner_id, friend_id) values ($1, $2)', [
    edge.ownerId,
    edge.otherId,
  ]);
  return true;
}

export async function removeCloseFriendRows(tx: Transaction, { ownerId, otherId }: Ends) {
  const gone = await tx.query(
    'delete from close_friends_by_owner where owner_id = $1 and friend_id = $2 returning entry_id',
    [ownerId, otherId],
  );
  if (gone.length === 0) return false;
  tx.touch(ofTies(ownerId), ofTies(otherId));
  await tx.query('delete from close_friends_by_friend where owner_id = $1 and friend_id = $2', [
    ownerId,
    otherId,
  ]);
  return true;
}

/** Bounded by the limit of close friends that the product sets. */
export async function countCloseFriends(q: Queryable, ownerId: PersonId): Promise<number> {
  const [row] = await q.query<{ friends: string }>(
    'select count(*) as friends from close_friends_by_owner where owner_id = $1',
    [ownerId],
  );
  return Number(row?.friends ?? 0);
}

/** What of a person is muted. */
export interface MuteFlags {
  readonly posts: boolean;
  readonly stories: boolean;
  readonly messages: boolean;
}

/** Mutes, or changes what is muted; the place in the list stays. */
export async function saveMute(tx: Transaction, edge: NewEdge, flags: MuteFlags): Promise<void> {
  tx.touch(ofTies(edge.ownerId));
  await tx.query(
    `insert into mutes (person_id, muted_id, mute_id, created_at, posts, stories, messages)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (person_id, muted_id) do update set
       posts = excluded.posts, stories = excluded.stories, messages = excluded.messages`,
    [...valuesOf(edge), flags.posts, flags.stories, flags.messages],
  );
}

export async function removeMute(tx: Transaction, { ownerId, otherId }: Ends): Promise<void> {
  tx.touch(ofTies(ownerId));
  await tx.query('delete from mutes where person_id = $1 and muted_id = $2', [ownerId, otherId]);
}

export async function insertRestriction(tx: Transaction, edge: NewEdge): Promise<void> {
  tx.touch(ofTies(edge.ownerId));
  await tx.query(
    `insert into restrictions (person_id, restricted_id, restriction_id, created_at)
     values ($1, $2, $3, $4) on conflict (person_id, restricted_id) do nothing`,
    valuesOf(edge),
  );
}

export async function removeRestriction(tx: Transaction, { ownerId, otherId }: Ends) {
  tx.touch(ofTies(ownerId));
  await tx.query('delete from restrictions where person_id = $1 and restricted_id = $2', [
    ownerId,
    otherId,
  ]);
}

/** A person's own list: the table, and the names of its columns there. */
interface OwnList {
  readonly table: string;
  readonly owner: string;
  readonly other: string;
  readonly id: string;
  readonly more?: string;
}

const OWN_LISTS = {
  blocked: { table: 'blocks_by_blocker', owner: 'blocker_id', other: 'blocked_id', id: 'block_id' },
  muted: {
    table: 'mutes',
    owner: 'person_id',
    other: 'muted_id',
    id: 'mute_id',
    more: ', posts, stories, messages',
  },
  restricted: {
    table: 'restrictions',
    owner: 'person_id',
    other: 'restricted_id',
    id: 'restriction_id',
  },
  closeFriends: {
    table: 'close_friends_by_owner',
    owner: 'owner_id',
    other: 'friend_id',
    id: 'entry_id',
  },
} as const satisfies Record<string, OwnList>;

export type OwnListName = keyof typeof OWN_LISTS;
export type MuteRow = EdgeRow & MuteFlags;

/** One of a person's own lists, newest first; `before` is the edge_id that ended the page before. */
export async function listOwn<Name extends OwnListName>(
  q: Queryable,
  name: Name,
  ownerId: PersonId,
  take: number,
  before: string | null,
): Promise<(Name extends 'muted' ? MuteRow : EdgeRow)[]> {
  const { table, owner, other, id, more = '' }: OwnList = OWN_LISTS[name];
  return q.query(
    `select ${other} as person_id, ${id} as edge_id${more} from ${table}
     where ${owner} = $1 and ${id} < coalesce($3::bigint, 9223372036854775807)
     order by ${id} desc limit $2`,
    [ownerId, take, before],
  );
}
