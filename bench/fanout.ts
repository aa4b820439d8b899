/** Durable fan-out of posts to 9,999 followers, beside a raw bulk insert of the same rows. */
import type { PersonId, PostId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { fanOut } from '../server/features/feed/fan-out.ts';
import { PUBLISHED } from '../server/features/posts/events.ts';
import { appendEvent, deliverEvents } from '../server/kernel/events.ts';
import { hear } from '../server/kernel/hints.ts';
import { insertMany } from '../server/ports/db/insert-many.ts';
import { startWorker } from '../server/roles/worker.ts';
import { type Costs, costing } from './cpu.ts';
import { addFollows, addPeople, addPosts } from './people.ts';
import { openStage } from './stage.ts';

const FOLLOWERS = 9_999;

/** `--quick`: few posts, to see that it works. */
export async function run(args: readonly string[]): Promise<void> {
  const posts = args.includes('--quick') ? 3 : 25;
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
    const made = await addPosts(
      ctx,
      Array.from({ length: posts * 3 }, () => author),
    );
    await ctx.db.script('analyze');
    const [first, second, third] = [0, 1, 2].map((part) =>
      made.slice(part * posts, (part + 1) * posts).map((post) => post.postId),
    ) as [PostId[], PostId[], PostId[]];

    for (const postId of first) await append(ctx, postId, author);
    const raw: Costs[] = [];
    const pushed: Costs[] = [];
    for (const [n, postId] of first.entries()) {
      pushed.push(
        await costing(stage.postmaster, () =>
          deliverEvents(ctx, [fanOut], { group: 'posts', key: postId }),
        ),
      );
      raw.push(
        await costing(stage.postmaster, () =>
          rawInsert(ctx, followers, second[n] as PostId, author),
        ),
      );
    }
    console.log(
      `${posts} posts to ${FOLLOWERS.toLocaleString('en')} followers and the author, fsync on, in turn with the raw insert`,
    );
    print('fan-out', pushed);
    print('raw insert', raw);
    await check(ctx, first);
    await timeToLast(ctx, third, author);
  } finally {
    await stage.close();
  }
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
  const times = costs.map((one) => one.seconds * 1000).toSorted((a, b) => a - b);
  console.log(
    `${name.padEnd(10)} ${(1_000_000 / (node + database)).toFixed(0).padStart(7)} deliveries per CPU-second   ` +
      `a row: node ${node.toFixed(2)} µs, database ${database.toFixed(2)} µs   ` +
      `a post: p50 ${times[times.length >> 1]?.toFixed(0)} ms, p99 ${times.at(-1)?.toFixed(0)} ms   n ${costs.length} posts, ${rows} rows`,
  );
}

async function check(ctx: Context, posts: readonly PostId[]): Promise<void> {
  const [row] = await ctx.db.query<{ n: string }>(
    'select count(*) as n from feed_entries where post_id = any($1::bigint[])',
    [posts],
  );
  const expected = posts.length * (FOLLOWERS + 1);
  if (Number(row?.n) !== expected) throw new Error(`${row?.n} entries instead of ${expected}`);
}

/** From the commit of the event, through the job, to the commit of the last feed row. */
async function timeToLast(ctx: Context, posts: readonly PostId[], author: PersonId): Promise<void> {
  const worker = await startWorker(ctx);
  const times: number[] = [];
  for (const postId of posts) {
    const delivered = new Promise<void>((resolve) => {
      const stop = hear(ctx, 'feed.new_post', (hint) => {
        if (hint.post_id !== postId) return;
        stop();
        resolve();
      });
    });
    await append(ctx, postId, author);
    const committed = performance.now();
    await delivered;
    times.push(performance.now() - committed);
  }
  await worker.stop(5000);
  times.sort((a, b) => a - b);
  console.log(
    `from the event's commit to the last of ${FOLLOWERS.toLocaleString('en')} feeds, through the job: ` +
      `p50 ${times[times.length >> 1]?.toFixed(0)} ms, p99 ${times.at(-1)?.toFixed(0)} ms, n ${times.length}`,
  );
}
