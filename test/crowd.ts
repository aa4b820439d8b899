import assert from 'node:assert/strict';
import type { PersonId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { insertPerson } from '../server/features/people/store.ts';
import { ofPerson } from '../server/kernel/touch-keys.ts';
import type { Db, Queryable } from '../server/ports/db/db.ts';

/** Somebody who never logs in: for crowds, whose passwords would take long to hash. */
export interface Extra {
  readonly id: PersonId;
  readonly username: string;
}

/** Adds `count` people named `prefix_0`, `prefix_1` …. */
export async function addCrowd(ctx: Context, prefix: string, count: number): Promise<Extra[]> {
  const crowd: Extra[] = [];
  await ctx.db.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const one = { id: ctx.ids.next<PersonId>(), username: `${prefix}_${n}` };
      const at = ctx.clock.now();
      const named = { username: one.username, fullName: one.username, role: 'member', at };
      await insertPerson(tx, { personId: one.id, ...named });
      crowd.push(one);
    }
  });
  return crowd;
}

/** Changes how people stand, as an admin or they themselves would. */
export async function setStanding(
  db: Db,
  ids: readonly PersonId[],
  standing: { readonly privacy_level?: string; readonly state?: string },
): Promise<void> {
  await db.query(
    `update people set privacy_level = coalesce($2, privacy_level), state = coalesce($3, state)
     where person_id = any($1::bigint[])`,
    [ids, standing.privacy_level ?? null, standing.state ?? null],
  );
  db.touchLoosely(...ids.map(ofPerson));
}

/** Each a sentence about all relations, and a query that finds what breaks it. */
const TRUTHS: Readonly<Record<string, string>> = {
  'a follow is two rows': twoRows('follows', 'follower_id, followee_id, follow_id', {
    one: 'follower',
    other: 'followee',
  }),
  'a request is two rows': twoRows('requests', 'requester_id, target_id, request_id', {
    one: 'requester',
    other: 'target',
  }),
  'a block is two rows': twoRows('blocks', 'blocker_id, blocked_id', {
    one: 'blocker',
    other: 'blocked',
  }),
  'a close friend is two rows': twoRows('close_friends', 'owner_id, friend_id', {
    one: 'owner',
    other: 'friend',
  }),
  'followers are counted right': `select p.person_id from person_counts p
    where p.followers <> (select count(*) from follows_by_followee f where f.followee_id = p.person_id)`,
  'followed people are counted right': `select p.person_id from person_counts p
    where p.following <> (select count(*) from follows_by_follower f where f.follower_id = p.person_id)`,
  'nobody both follows and asks to': `select f.follower_id from follows_by_follower f
    join requests_by_requester r on r.requester_id = f.follower_id and r.target_id = f.followee_id`,
  'where a block stands, nothing else does': `select b.blocker_id from blocks_by_blocker b join (
      select follower_id as a, followee_id as b from follows_by_follower
      union all select requester_id, target_id from requests_by_requester
      union all select owner_id, friend_id from close_friends_by_owner) as e
    on (e.a, e.b) = (b.blocker_id, b.blocked_id) or (e.b, e.a) = (b.blocker_id, b.blocked_id)`,
  'the last event of two people says how they stand': `select e.person_id from (
      select person_id, payload->>'followee_id' as other, type,
        row_number() over (partition by person_id, payload->>'followee_id' order by seq desc) as nth
      from person_events where type in ('follow.created', 'follow.removed')) as e
    where nth = 1 and (type = 'follow.created') <> exists (
      select from follows_by_follower f
      where f.follower_id = e.person_id and f.followee_id = e.other::bigint)`,
  'every follow has its event, and no event comes twice': `select person_id from (
      select person_id, type, lag(type) over (
        partition by person_id, payload->>'followee_id' order by seq) as earlier
      from person_events where type in ('follow.created', 'follow.removed')) as e
    where type = coalesce(earlier, 'follow.removed')`,
};

function twoRows(table: string, columns: string, sides: { one: string; other: string }): string {
  const one = `select ${columns} from ${table}_by_${sides.one}`;
  const other = `select ${columns} from ${table}_by_${sides.other}`;
  return `(${one} except ${other}) union all (${other} except ${one})`;
}

/** Looks at every row of every relation: both sides, the counts, the events. */
export async function auditGraph(q: Queryable): Promise<void> {
  for (const [truth, query] of Object.entries(TRUTHS)) {
    assert.deepEqual(await q.query(query), [], truth);
  }
}
