import type { PersonId } from '../../../api/ids.ts';
import { completeAbove } from '../../kernel/near-facts.ts';
import type { Relation } from '../../kernel/visibility.ts';
import type { Queryable } from '../../ports/db/db.ts';

type Kind = keyof Relation;

/** Each kind of relation, read from the viewer's side: all under one key, so one statement reads them. */
const SOURCES: Readonly<Record<Kind, { table: string; viewer: string; other: string }>> = {
  following: { table: 'follows_by_follower', viewer: 'follower_id', other: 'followee_id' },
  followed_by: { table: 'follows_by_followee', viewer: 'followee_id', other: 'follower_id' },
  requested: { table: 'requests_by_requester', viewer: 'requester_id', other: 'target_id' },
  blocking: { table: 'blocks_by_blocker', viewer: 'blocker_id', other: 'blocked_id' },
  blocked_by: { table: 'blocks_by_blocked', viewer: 'blocked_id', other: 'blocker_id' },
  muting: { table: 'mutes', viewer: 'person_id', other: 'muted_id' },
  restricting: { table: 'restrictions', viewer: 'person_id', other: 'restricted_id' },
  close_friend: { table: 'close_friends_by_owner', viewer: 'owner_id', other: 'friend_id' },
  close_friend_of: { table: 'close_friends_by_friend', viewer: 'friend_id', other: 'owner_id' },
};

export const ALL_KINDS = Object.keys(SOURCES) as readonly Kind[];
/** What the rules for posts ask about. */
export const KINDS_FOR_POSTS = [
  'following',
  'followed_by',
  'blocking',
  'blocked_by',
  'muting',
  'close_friend_of',
] as const satisfies readonly Kind[];

const statements = new Map<readonly Kind[], string>();

function statementFor(kinds: readonly Kind[]): string {
  const parts = kinds.map((kind) => {
    const { table, viewer, other } = SOURCES[kind];
    const only = kind === 'muting' ? ' and posts' : '';
    return `select ${other} as other_id, '${kind}' as kind from ${table}
      where ${viewer} = $1 and ${other} = any($2::bigint[])${only}`;
  });
  return `${parts.join('\nunion all\n')}\norder by 1, 2`;
}

/** The relations that hold between a viewer and `others`, one row each. Bounded by `others`. */
export async function findRelations(
  q: Queryable,
  viewerId: PersonId,
  others: readonly PersonId[],
  kinds: readonly Kind[],
): Promise<{ other_id: PersonId; kind: Kind }[]> {
  let statement = statements.get(kinds);
  if (statement === undefined) {
    statement = statementFor(kinds);
    statements.set(kinds, statement);
  }
  return q.query(statement, [viewerId, others]);
}

/** Those of somebody's `others` with whom each kind of relation holds. */
export type Ties = { readonly viewer_id: PersonId } & Readonly<Record<Kind, readonly PersonId[]>>;

interface Asked {
  readonly viewerId: PersonId;
  readonly others: readonly PersonId[];
}

/** A column for each kind of relation: the ids with whom it holds, joined by spaces; null for none. */
export type TieColumns = Readonly<Record<Kind, string | null>>;

/**
 * SQL of these columns, for a statement that has the viewer's id in `viewer` and others, an array of ids,
 * in `others`. On Citus the viewer must be the same in all rows.
 */
export function tieColumns(viewer: string, others: string): string {
  return ALL_KINDS.map((kind) => {
    const source = SOURCES[kind];
    const only = kind === 'muting' ? ' and t.posts' : '';
    return `(select string_agg(t.${source.other}::text, ' ') from ${source.table} t
      where t.${source.viewer} = ${viewer} and t.${source.other} = any(${others})${only}) as ${kind}`;
  }).join(',\n');
}

/** Of several viewers at once, a row each: a row for every relation costs more than finding it. */
const TIES = `with asked as materialized (
    select viewer_id, others::bigint[] as others from unnest($1::bigint[], $2::text[]) as a (viewer_id, others)
  )
  select viewer_id, ${tieColumns('a.viewer_id', 'a.others')}
  from asked a`;

/** All relations between viewers and others whom each of them asks about; bounded by what is asked. */
export async function findTies(q: Queryable, asked: readonly Asked[]): Promise<Ties[]> {
  if ((await q.flavour()) === 'citus') return Promise.all(asked.map((one) => tiesOf(q, one)));
  const rows = await q.query<{ viewer_id: PersonId } & TieColumns>(TIES, [
    asked.map(({ viewerId }) => viewerId),
    asked.map(({ others }) => `{${others.join(',')}}`),
  ]);
  return rows.map(({ viewer_id, ...kinds }) => {
    const ids = (kind: Kind) => (kinds[kind]?.split(' ') ?? NOBODY) as readonly PersonId[];
    return { viewer_id, ...byKind(ids) };
  });
}

/** Ties of each kind that a front holds. */
const FRONT = 500;

const frontColumns = (viewer: string) =>
  ALL_KINDS.map((kind) => {
    const source = SOURCES[kind];
    const only = kind === 'muting' ? ' and t.posts' : '';
    return `(select string_agg(f.id::text, ' ') from (
      select t.${source.other} as id from ${source.table} t
      where t.${source.viewer} = ${viewer}${only}
      order by t.${source.other} desc limit ${FRONT}) as f) as ${kind}`;
  }).join(',\n');

/** The array stands in a subquery: see feed/fronts-store.ts. */
const FRONTS = `select a.viewer_id, ${frontColumns('a.viewer_id')}
  from unnest((select $1::bigint[])) as a (viewer_id)`;
const FRONT_OF_ONE = `select $1::bigint as viewer_id, ${frontColumns('$1')}`;

/** All relations of each of these viewers with those whose ids are above one, which it says. */
export async function findTieFronts(
  q: Queryable,
  viewers: readonly PersonId[],
): Promise<(TieColumns & { viewer_id: PersonId; above: string })[]> {
  type Row = TieColumns & { viewer_id: PersonId };
  const onCitus = (await q.flavour()) === 'citus';
  const rows = onCitus
    ? (await Promise.all(viewers.map((id) => q.query<Row>(FRONT_OF_ONE, [id])))).flat()
    : await q.query<Row>(FRONTS, [viewers]);
  return rows.map((row) => {
    const lists = ALL_KINDS.map((kind) => row[kind]?.split(' ') ?? []);
    return { ...row, above: completeAbove(lists, FRONT) };
  });
}

/** Other viewers' relations may lie elsewhere: a statement each. */
async function tiesOf(q: Queryable, { viewerId, others }: Asked): Promise<Ties> {
  const rows = await findRelations(q, viewerId, others, ALL_KINDS);
  const ids = (kind: Kind) => rows.flatMap((row) => (row.kind === kind ? row.other_id : []));
  return { viewer_id: viewerId, ...byKind(ids) };
}

const NOBODY: readonly PersonId[] = [];

function byKind(ids: (kind: Kind) => readonly PersonId[]) {
  return Object.fromEntries(ALL_KINDS.map((kind) => [kind, ids(kind)])) as Record<
    Kind,
    readonly PersonId[]
  >;
}

/** What a post's author looks up of many viewers at once: from the author's side, so one key again. */
const TOWARD: Readonly<Partial<Record<Kind, { table: string; author: string; viewer: string }>>> = {
  following: { table: 'follows_by_followee', author: 'followee_id', viewer: 'follower_id' },
  blocking: { table: 'blocks_by_blocked', author: 'blocked_id', viewer: 'blocker_id' },
  blocked_by: { table: 'blocks_by_blocker', author: 'blocker_id', viewer: 'blocked_id' },
  close_friend_of: { table: 'close_friends_by_owner', author: 'owner_id', viewer: 'friend_id' },
};

const TOWARD_STATEMENT = `${Object.entries(TOWARD)
  .map(
    ([kind, { table, author, viewer }]) => `select ${viewer} as viewer_id, '${kind}' as kind
      from ${table} where ${author} = $1 and ${viewer} = any($2::bigint[])`,
  )
  .join('\nunion all\n')}\norder by 1, 2`;

/**
 * How each of `viewerIds` stands to one author, as far as the rules for posts ask (`KINDS_FOR_POSTS`).
 * Two statements, bounded by `viewerIds`: mutes lie with whoever mutes.
 */
export async function findRelationsToward(
  q: Queryable,
  authorId: PersonId,
  viewerIds: readonly PersonId[],
): Promise<{ viewer_id: PersonId; kind: Kind }[]> {
  type Found = { viewer_id: PersonId; kind: Kind };
  const [stands, mutes] = await Promise.all([
    q.query<Found>(TOWARD_STATEMENT, [authorId, viewerIds]),
    q.query<Found>(
      `select person_id as viewer_id, 'muting' as kind from mutes
       where person_id = any($2::bigint[]) and muted_id = $1 and posts order by person_id`,
      [authorId, viewerIds],
    ),
  ]);
  return [...stands, ...mutes];
}
