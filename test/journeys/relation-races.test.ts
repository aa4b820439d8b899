import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { PersonId } from '../../api/ids.ts';
import { CLOSE_FRIENDS_MAX } from '../../api/limits.ts';
import type { Context } from '../../server/context.ts';
import { block, unblock } from '../../server/features/graph/block.ts';
import { addCloseFriend, removeCloseFriend } from '../../server/features/graph/close-friends.ts';
import { follow, unfollow } from '../../server/features/graph/follow.ts';
import {
  acceptAllRequests,
  acceptRequest,
  declineRequest,
} from '../../server/features/graph/requests.ts';
import { countRequests } from '../../server/features/graph/requests-store.ts';
import { editProfile } from '../../server/features/profiles/edit.ts';
import { Problem } from '../../server/kernel/problem.ts';
import { openTestHouse, type TestHouse } from '../context.ts';
import { addCrowd, auditGraph, setStanding } from '../crowd.ts';

/** Pairs of people who meet at the same moment. */
const ROUNDS = 60;

let house: TestHouse;
let ctx: Context;
let people: PersonId[];
let crowds = 0;

before(async () => {
  house = await openTestHouse();
  ctx = house.ctx;
});
after(() => house.close());
beforeEach(async () => {
  crowds += 1;
  people = (await addCrowd(ctx, `crowd${crowds}`, 2 * ROUNDS)).map((one) => one.id);
});

const pairs = (): [PersonId, PersonId][] =>
  Array.from({ length: ROUNDS }, (_, n) => {
    const [a, b] = people.slice(2 * n, 2 * n + 2);
    assert.ok(a && b);
    // In either order, so that the locks are asked for from both ends.
    return n % 2 ? [b, a] : [a, b];
  });

/** Pieces of work under way at the same moment: as many as there are connections to wait for. */
const AT_ONCE = 8;

/** In this order, many at once; refusals of ours are answers too, anything else is a failure. */
async function allAtOnce(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const left = [...work];
  const goOn = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      await next().catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
}

async function count(table: string): Promise<number> {
  const [row] = await ctx.db.query<{ rows: string }>(`select count(*) as rows from ${table}`);
  return Number(row?.rows);
}

test('the same follow many times at once is one follow', async () => {
  const before = await count('follows_by_follower');
  await allAtOnce(
    pairs().flatMap(([a, b]) => [
      () => follow(ctx, a, b),
      () => follow(ctx, a, b),
      () => follow(ctx, b, a),
    ]),
  );
  assert.equal(await count('follows_by_follower'), before + 2 * ROUNDS);
  await auditGraph(ctx.db);
});

test('follow and block at once: whoever comes first, no follow outlives a block', async () => {
  const before = await count('blocks_by_blocker');
  await allAtOnce(
    pairs().flatMap(([a, b]) => [
      () => follow(ctx, a, b),
      () => block(ctx, b, a),
      () => follow(ctx, b, a),
      () => addCloseFriend(ctx, a, b),
    ]),
  );
  assert.equal(await count('blocks_by_blocker'), before + ROUNDS);
  await auditGraph(ctx.db);
});

test('two who block each other at once both have, and undo it apart', async () => {
  const both = pairs();
  for (const [a, b] of both) await follow(ctx, a, b);
  await allAtOnce(both.flatMap(([a, b]) => [() => block(ctx, a, b), () => block(ctx, b, a)]));
  await auditGraph(ctx.db);
  // The second to come does not see the first any more: then only one block stands.
  await allAtOnce(both.flatMap(([a, b]) => [() => unblock(ctx, a, b), () => unblock(ctx, b, a)]));
  for (const [a, b] of both) assert.equal(await follow(ctx, a, b), 'following');
  await auditGraph(ctx.db);
});

test('a request that is accepted, taken back, declined and blocked at once', async () => {
  const asking = pairs();
  const targets = asking.map(([, b]) => b);
  await setStanding(ctx.db, targets, { privacy_level: 'private' });
  for (const [a, b] of asking) assert.equal(await follow(ctx, a, b), 'requested');
  await allAtOnce(
    asking.flatMap(([a, b], n) => [
      () => acceptRequest(ctx, b, a),
      () => unfollow(ctx, a, b),
      ...(n % 3 === 0 ? [() => block(ctx, b, a)] : []),
      ...(n % 3 === 1 ? [() => declineRequest(ctx, b, a), () => acceptRequest(ctx, b, a)] : []),
    ]),
  );
  await auditGraph(ctx.db);
  for (const target of targets) assert.equal(await countRequests(ctx.db, target, 10), 0);
});

test('going public while people ask: everybody is let in, nobody is forgotten', async () => {
  const [target, ...others] = people;
  assert.ok(target);
  await setStanding(ctx.db, [target], { privacy_level: 'private' });
  const { signal } = new AbortController();
  const asking = others.map((id) => () => follow(ctx, id, target));
  await allAtOnce([
    ...asking.slice(0, 60),
    () => editProfile(ctx, target, { privacy_level: 'public' }),
    ...asking.slice(60),
  ]);
  // As the worker does it, twice at once, after the change has been committed.
  await Promise.all([
    acceptAllRequests(ctx, target, signal),
    acceptAllRequests(ctx, target, signal),
  ]);
  assert.equal(await countRequests(ctx.db, target, 1000), 0);
  await auditGraph(ctx.db);
  const rows = await ctx.db.query('select 1 from follows_by_followee where followee_id = $1', [
    target,
  ]);
  assert.equal(rows.length, others.length);
});

test('an account that has gone private again lets nobody in by the old job', async () => {
  const [target, asker] = people;
  assert.ok(target && asker);
  await setStanding(ctx.db, [target], { privacy_level: 'private' });
  await follow(ctx, asker, target);
  await acceptAllRequests(ctx, target, new AbortController().signal);
  assert.equal(await countRequests(ctx.db, target, 10), 1);
});

test('close friends are no more than the limit, however many are added at once', async () => {
  const [owner, ...others] = people;
  assert.ok(owner);
  const filled = CLOSE_FRIENDS_MAX - 20;
  const ids = Array.from({ length: filled }, () => ctx.ids.next());
  for (const [table, extra] of [
    ['close_friends_by_owner', ', entry_id, created_at'],
    ['close_friends_by_friend', ''],
  ]) {
    await ctx.db.query(
      `insert into ${table} (owner_id, friend_id${extra})
       select $1, id${extra ? ', id, $3' : ''} from unnest($2::bigint[]) as id`,
      extra ? [owner, ids, ctx.clock.now()] : [owner, ids],
    );
  }
  await allAtOnce(others.map((id) => () => addCloseFriend(ctx, owner, id)));
  const rows = await ctx.db.query('select 1 from close_friends_by_owner where owner_id = $1', [
    owner,
  ]);
  assert.equal(rows.length, CLOSE_FRIENDS_MAX);
  await auditGraph(ctx.db);
});

test('everybody does everything to everybody, and all rows agree', async () => {
  const ring = people.slice(0, 12);
  const acts = [
    follow,
    follow,
    follow,
    unfollow,
    block,
    unblock,
    addCloseFriend,
    removeCloseFriend,
  ];
  let seed = 7;
  const pick = (max: number) => {
    // A small generator of its own, so that every run does the same.
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * max);
  };
  await setStanding(ctx.db, ring.slice(0, 4), { privacy_level: 'private' });
  for (let round = 0; round < 20; round += 1) {
    await allAtOnce(
      Array.from({ length: 30 }, () => {
        const act = acts[pick(acts.length)] ?? follow;
        const from = ring[pick(ring.length)] ?? ring[0];
        const to = ring[pick(ring.length)] ?? ring[1];
        const accepts = pick(5) === 0;
        assert.ok(from && to);
        if (from === to) return async () => undefined;
        return (): Promise<unknown> =>
          accepts ? acceptRequest(ctx, from, to) : act(ctx, from, to);
      }),
    );
  }
  await auditGraph(ctx.db);
});
