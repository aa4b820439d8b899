/**
 * Fan-out: durable deliveries beside a raw bulk insert of the same rows; how long until the last of 9,999
 * feeds has a post, at half load; and what publishing costs above the threshold.
 */
import type { PersonId, PostId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { fanOut } from '../server/features/feed/fan-out.ts';
import { runFanOut } from '../server/features/feed/fan-out-round.ts';
import { PUBLISHED } from '../server/features/posts/events.ts';
import { deliverTogether } from '../server/kernel/deliver-together.ts';
import { appendEvent } from '../server/kernel/events.ts';
import { hear } from '../server/kernel/hints.ts';
import { insertMany } from '../server/ports/db/insert-many.ts';
import { startWorker } from '../server/roles/worker.ts';
import { type Costs, costing } from './cpu.ts';
import { printParts } from './fanout-parts.ts';
import { addFollows, addPeople, addPosts } from './people.ts';
import { openStage, type Stage } from './stage.ts';

const FOLLOWERS = 9_999;
const count = (n: number) => n.toLocaleString('en');

/** `--quick`: few posts, to see that it works. */
export async function run(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const posts = quick ? 3 : 25;
  const stage = await openStage();
  try {
    const { ctx } = stage;
    const [author, ...followers] = (await addPeople(ctx, FOLLOWERS + 1)) as [
      PersonId,
      ...PersonId[],
    ];
    await addFollows(
      ctx,
      followers.map((follower) => ({ follower, followee: author })),
    );
    await setFollowers(ctx, author, FOLLOWERS);
    await wearIn(ctx, quick ? 4 : 32);
    await deliveries(stage, { author, followers, posts, active: 1 });
    await printParts(stage, { author, rows: FOLLOWERS, times: posts });
    await deliveries(stage, { author, followers, posts, active: 0.2 });
    await timeToLast(stage, { author, posts: posts * 8 });
    for (const n of quick ? [10_001] : [10_001, 1_000_000]) await publishing(stage, n, posts);
  } finally {
    await stage.close();
  }
}

/**
 * Lets PostgreSQL have so many files of its log (16 MB each) that were written before, as a server has
 * that has run for a while: a new one is first filled with zeros, by whoever happens to need it.
 */
async function wearIn(ctx: Context, files: number): Promise<void> {
  for (let n = 0; n < files; n += 1) {
    await ctx.db.query(`select pg_logical_emit_message(false, 'bench', 'a reason to switch')`);
    await ctx.db.query('select pg_switch_wal()');
  }
  await ctx.db.query('checkpoint');
}

interface Run {
  readonly author: PersonId;
  readonly followers: readonly PersonId[];
  readonly posts: number;
  /** The part of the followers that reads these days. */
  readonly active: number;
}

/** Rounds of the fan-out and raw inserts in turn. */
async function deliveries({ ctx, postmaster }: Stage, { author, followers, posts, active }: Run) {
  await haveRead(ctx, followers, active);
  const made = await postsOf(ctx, author, posts * 2);
  const [first, second] = [made.slice(0, posts), made.slice(posts)];
  for (const postId of first) await append(ctx, postId, author);
  const raw: Costs[] = [];
  const pushed: Costs[] = [];
  for (const [n, postId] of first.entries()) {
    const turns = [
      async () => pushed.push(await costing(postmaster, () => fanOutWhole(ctx, author, postId))),
      async () =>
        raw.push(
          await costing(postmaster, () => rawInsert(ctx, followers, second[n] as PostId, author)),
        ),
    ];
    // Whoever comes first after a checkpoint pays for the pages of both.
    if (n % 2 === 1) turns.reverse();
    for (const turn of turns) await turn();
  }
  console.log(
    `${posts} posts to ${count(FOLLOWERS)} followers and the author, fsync on, in turn with the raw insert; ` +
      `${active * 100} % have read lately`,
  );
  print('fan-out', pushed);
  print('raw insert', raw);
  await check(ctx, first);
}

/** What the event's delivery and the jobs after it do, without the queue between them. */
async function fanOutWhole(ctx: Context, author_id: PersonId, post_id: PostId): Promise<void> {
  await deliverTogether(ctx, [fanOut], 'posts', [post_id]);
  for (let left = 1; left > 0; ) {
    await runFanOut(ctx, { author_id, post_id, source: '' });
    const rows = await ctx.db.query(
      'select from feed_fan_outs where author_id = $1 and post_id = $2',
      [author_id, post_id],
    );
    left = rows.length;
  }
}

async function postsOf(ctx: Context, author: PersonId, many: number): Promise<PostId[]> {
  const made = await addPosts(
    ctx,
    Array.from({ length: many }, () => author),
  );
  await ctx.db.script('analyze');
  return made.map(({ postId }) => postId);
}

async function setFollowers(ctx: Context, author: PersonId, followers: number): Promise<void> {
  await ctx.db.query('update person_counts set followers = $2 where person_id = $1', [
    author,
    followers,
  ]);
}

async function haveRead(ctx: Context, people: readonly PersonId[], part: number): Promise<void> {
  await ctx.db.query(
    `insert into feed_homes (person_id, last_read_on)
     select id, current_date - case when place <= $2 then 0 else 10 end
     from unnest($1::bigint[]) with ordinality as reader (id, place)
     on conflict (person_id) do update set last_read_on = excluded.last_read_on`,
    [people, Math.round(people.length * part)],
  );
}

function append(ctx: Context, postId: PostId, author: PersonId): Promise<void> {
  return ctx.db.transaction((tx) =>
    appendEvent(ctx, tx, {
      group: 'posts',
      key: postId,
      seq: '1',
      type: PUBLISHED,
      payload: { author_id: author },
    }),
  );
}

/** The same rows in one statement and one transaction, with nothing around it. */
async function rawInsert(
  ctx: Context,
  people: readonly PersonId[],
  post_id: PostId,
  author_id: PersonId,
) {
  await ctx.db.transaction((tx) =>
    insertMany(tx, {
      table: 'feed_entries',
      columns: { person_id: 'int8', post_id: 'int8', author_id: 'int8' },
      key: ['person_id', 'post_id'],
      rows: [...people, author_id].map((person_id) => ({ person_id, post_id, author_id })),
    }),
  );
}

function print(name: string, costs: readonly Costs[]): void {
  const sum = (pick: (one: Costs) => number) => costs.reduce((total, one) => total + pick(one), 0);
  const rows = costs.length * (FOLLOWERS + 1);
  const node = sum((one) => one.nodeMicros) / rows;
  const database = sum((one) => one.postgresMicros) / rows;
  const times = costs.map((one) => one.seconds * 1000);
  console.log(
    `${name.padEnd(10)} ${(1_000_000 / (node + database)).toFixed(0).padStart(7)} deliveries per CPU-second   ` +
      `a row: node ${node.toFixed(2)} µs, database ${database.toFixed(2)} µs   ` +
      `a post: ${quantiles(times)}, ${rows} rows`,
  );
}

function quantiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return `p50 ${at(0.5)?.toFixed(0)} ms, p99 ${at(0.99)?.toFixed(0)} ms, n ${sorted.length}`;
}

async function check(ctx: Context, posts: readonly PostId[]): Promise<void> {
  const [row] = await ctx.db.query<{ n: string }>(
    'select count(*) as n from feed_entries where post_id = any($1::bigint[])',
    [posts],
  );
  const expected = posts.length * (FOLLOWERS + 1);
  if (Number(row?.n) !== expected) throw new Error(`${row?.n} entries instead of ${expected}`);
}

/** Posts one after the other, to see how long one takes that waits for nobody. */
const ALONE = 5;

/** From the commit of the event, through the jobs, to the commit of the last feed row. */
async function timeToLast(
  { ctx, postmaster }: Stage,
  { author, posts }: { author: PersonId; posts: number },
): Promise<void> {
  const made = await postsOf(ctx, author, posts + 1 + ALONE);
  const worker = await startWorker(ctx);
  const deliver = async (postId: PostId) => {
    const delivered = everyoneHears(ctx, postId);
    await append(ctx, postId, author);
    const committed = performance.now();
    await delivered;
    return performance.now() - committed;
  };
  // The worker runs when it has done one.
  await deliver(made[0] as PostId);
  let alone = 0;
  for (const postId of made.slice(1, 1 + ALONE)) alone += (await deliver(postId)) / ALONE;
  const every = alone * 2;
  const times: number[] = [];
  const costs = await costing(postmaster, async () => {
    const all = made.slice(1 + ALONE).map(async (postId, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * every));
      times.push(await deliver(postId));
    });
    await Promise.all(all);
  });
  await worker.stop(5000);
  const busy = (costs.nodeMicros + costs.postgresMicros) / 1e6 / costs.seconds;
  console.log(
    `from the event's commit to the last of ${count(FOLLOWERS)} feeds, through the jobs: alone ${alone.toFixed(0)} ms; ` +
      `a post each ${every.toFixed(0)} ms, ${busy.toFixed(2)} processors busy: ${quantiles(times)}`,
  );
}

function everyoneHears(ctx: Context, postId: PostId): Promise<void> {
  let left = FOLLOWERS + 1;
  return new Promise((resolve) => {
    const stop = hear(ctx, 'feed.new_post', (hint) => {
      if (hint.post_id !== postId) return;
      left -= hint.person_ids.length;
      if (left > 0) return;
      stop();
      resolve();
    });
  });
}

/** What hearing of a post costs when nothing is written for its followers. */
async function publishing({ ctx, postmaster }: Stage, followers: number, posts: number) {
  const [author] = (await addPeople(ctx, 1)) as [PersonId];
  await ctx.db.script(`
    insert into follows_by_followee (followee_id, follower_id, follow_id, created_at)
      select ${author}, n, n, now() from generate_series(1, ${followers}) as n;
    insert into follows_by_follower (followee_id, follower_id, follow_id, created_at)
      select ${author}, n, n, now() from generate_series(1, ${followers}) as n;`);
  await setFollowers(ctx, author, followers);
  const made = await postsOf(ctx, author, posts + 1);
  const times: number[] = [];
  const costs: Costs[] = [];
  for (const postId of made) {
    const cost = await costing(postmaster, async () => {
      await append(ctx, postId, author);
      await deliverTogether(ctx, [fanOut], 'posts', [postId]);
    });
    costs.push(cost);
    times.push(cost.seconds * 1000);
  }
  const each = (pick: (one: Costs) => number) =>
    (costs.slice(1).reduce((sum, one) => sum + pick(one), 0) / posts / 1000).toFixed(1);
  const rows = await ctx.db.query('select from feed_entries where author_id = $1', [author]);
  if (rows.length !== made.length)
    throw new Error(`${rows.length} entries of ${made.length} posts`);
  console.log(
    `a post of someone with ${count(followers)} followers, from its event to the decision, durable: ` +
      `${quantiles(times.slice(1))}   CPU: node ${each((one) => one.nodeMicros)} ms, database ${each((one) => one.postgresMicros)} ms`,
  );
}
