/**
 * Likes of one post. First in this process, in rounds that take turns: the product's way against a single
 * row that every like updates in a transaction of its own. Then over HTTP: how many a second, and 1,000 a
 * second in an open loop while another process reads the count.
 */
import type { PersonId, PostId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { readPostCounts } from '../server/features/posts/counts-store.ts';
import { likePost } from '../server/features/posts/like.ts';
import { likeGroups } from '../server/features/posts/like-groups.ts';
import { costing, cpuOf, cpuOfFamily } from './cpu.ts';
import { type Outcome, startLoad } from './load.ts';
import { addPeople, addPosts, logIn } from './people.ts';
import type { Process } from './process.ts';
import { openStage, type Stage } from './stage.ts';
import { count, fixed, median, printTable, quantile } from './table.ts';

/** Likes under way at the same time in one process. */
const AT_ONCE = 100;
const RATE = 1_000;
const READ_EVERY_MS = 10;

type LikeWay = (ctx: Context, postId: PostId, personId: PersonId) => Promise<unknown>;

const WAYS: Readonly<Record<string, LikeWay>> = {
  'single-row update': (ctx, postId) =>
    ctx.db.transaction((tx) =>
      tx.query('update post_counts set likes = likes + 1 where post_id = $1 and slot = 0', [
        postId,
      ]),
    ),
  'the same with both rows of the like': (ctx, postId, personId) =>
    ctx.db.transaction(async (tx) => {
      const values = [postId, personId, ctx.ids.next<string>()];
      const made = await tx.query(
        `insert into likes_by_post (post_id, person_id, like_id, created_at) values ($1, $2, $3, $4)
         on conflict (post_id, person_id) do nothing returning like_id`,
        [...values, ctx.clock.now()],
      );
      if (made.length === 0) return;
      await tx.query(
        'insert into likes_by_person (post_id, person_id, like_id) values ($1, $2, $3)',
        values,
      );
      await tx.query('update post_counts set likes = likes + 1 where post_id = $1 and slot = 0', [
        postId,
      ]);
    }),
  'grouped, in a slot': (ctx, postId, personId) => likeGroups(ctx).wish(postId, personId, true),
  'the same, asked who may': (ctx, postId, personId) => likePost(ctx, postId, personId),
};

/** `--quick`: few likes, to see that it works. `--http`: the second part alone. */
export async function run(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const stage = await openStage();
  try {
    const { ctx } = stage;
    const people = await addPeople(ctx, quick ? 2_000 : 12_000);
    const author = people[0] as PersonId;
    await ctx.db.script('analyze');
    const each = quick ? 300 : 2_000;
    if (!args.includes('--http')) {
      await inProcess(stage, people.slice(0, each), author, quick ? 1 : 5);
    }
    await overHttp(stage, people, author, quick ? 1 : 10);
  } finally {
    await stage.close();
  }
}

interface Round {
  readonly perSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
  readonly latencies: number[];
}

async function inProcess(
  stage: Stage,
  people: readonly PersonId[],
  author: PersonId,
  rounds: number,
): Promise<void> {
  const results = new Map<string, Round[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, like] of Object.entries(WAYS)) {
      const postId = await newPost(stage.ctx, author);
      results.get(name)?.push(await storm(stage, people, (id) => like(stage.ctx, postId, id)));
      const { likes } = await readPostCounts(stage.ctx.db, postId);
      if (likes !== people.length) throw new Error(`${name}: ${likes} of ${people.length} likes`);
    }
  }
  console.log(
    `One post, ${count(people.length)} likes a round, ${rounds} rounds, ${AT_ONCE} under way in one process, fsync on`,
  );
  const base = median((results.get('single-row update') ?? []).map((one) => one.perSecond));
  printTable(
    ['', 'likes/s', 'ratio', 'p50 ms', 'p99 ms', 'node µs', 'postgres µs', 'n'],
    [...results].map(([name, all]) => {
      const perSecond = median(all.map((one) => one.perSecond));
      const latencies = all.flatMap((one) => one.latencies).toSorted((a, b) => a - b);
      return [
        name,
        count(perSecond),
        fixed(perSecond / base),
        fixed(quantile(latencies, 0.5)),
        fixed(quantile(latencies, 0.99)),
        fixed(median(all.map((one) => one.nodeMicros))),
        fixed(median(all.map((one) => one.postgresMicros))),
        count(latencies.length),
      ];
    }),
  );
}

/** A post that nobody likes yet. */
async function newPost(ctx: Context, author: PersonId): Promise<PostId> {
  const [post] = await addPosts(ctx, [author]);
  if (!post) throw new Error('no post was made');
  return post.postId;
}

async function storm(
  stage: Stage,
  people: readonly PersonId[],
  like: (id: PersonId) => Promise<unknown>,
): Promise<Round> {
  const latencies: number[] = [];
  let next = 0;
  const one = async () => {
    for (let id = people[next++]; id !== undefined; id = people[next++]) {
      const start = performance.now();
      await like(id);
      latencies.push(performance.now() - start);
    }
  };
  const costs = await costing(stage.postmaster, () =>
    Promise.all(Array.from({ length: AT_ONCE }, one)),
  );
  return {
    perSecond: people.length / costs.seconds,
    nodeMicros: costs.nodeMicros / people.length,
    postgresMicros: costs.postgresMicros / people.length,
    latencies,
  };
}

async function overHttp(
  stage: Stage,
  people: readonly PersonId[],
  author: PersonId,
  seconds: number,
): Promise<void> {
  const { ctx } = stage;
  // Nothing is refused: every like is to be counted, however busy the machine.
  const apart = { BUS_URL: 'postgres:', OVERLOAD: 'off' };
  const server = await stage.startServer(apart);
  const reader = await stage.startServer({ ...apart, ROLES: 'read' });
  const load = await startLoad();
  try {
    const tokens: string[] = [];
    for (let start = 0; start < people.length; start += 500) {
      const some = people.slice(start, start + 500);
      tokens.push(...(await Promise.all(some.map((id) => logIn(ctx, id)))));
    }
    const likesOf = (postId: PostId) =>
      tokens.map((token) => ({
        method: 'POST' as const,
        path: `/api/v1/posts/${postId}/like`,
        headers: { authorization: `Bearer ${token}` },
      }));
    const ask = async (postId: PostId, rate: number | null, connections: number) => {
      const before = [cpuOf(server.pid), cpuOfFamily(stage.postmaster), load.cpu()];
      const outcome = await load.run({
        address: server.address,
        requests: likesOf(postId),
        connections,
        seconds,
        rate,
      });
      const after = [cpuOf(server.pid), cpuOfFamily(stage.postmaster), load.cpu()];
      return { outcome, cpu: after.map((ms, i) => ms - (before[i] ?? 0)) };
    };
    const rows: string[][] = [];
    const closed = await newPost(ctx, author);
    rows.push(row('as many as it takes, 64 connections', await ask(closed, null, 64)));
    const open = await newPost(ctx, author);
    const watch = watchCount(reader, open, tokens[0] ?? '');
    rows.push(row(`${count(RATE)}/s in an open loop`, await ask(open, RATE, 256)));
    const seen = await watch.stop();
    printTable(
      [
        'Over HTTP',
        'likes/s',
        'p50 ms',
        'p99 ms',
        'server µs',
        'database µs',
        'load µs',
        'n',
        'refused',
      ],
      rows,
    );
    await tellStaleness(ctx, open, seen, reader);
  } finally {
    await load.stop();
  }
}

function row(name: string, { outcome, cpu }: { outcome: Outcome; cpu: readonly number[] }) {
  return [
    name,
    count(outcome.perSecond),
    fixed(outcome.p50),
    fixed(outcome.p99),
    ...cpu.map((ms) => count((ms * 1000) / outcome.n)),
    count(outcome.n),
    count(outcome.failed),
  ];
}

interface Seen {
  /** When it was asked, in milliseconds since 1970. */
  readonly at: number;
  readonly likes: number;
}

/** Asks another process for the count again and again. */
function watchCount(reader: Process, postId: PostId, token: string) {
  const seen: Seen[] = [];
  let going = true;
  const ask = async () => {
    const at = Date.now();
    const answer = await fetch(new URL(`/api/v1/posts/${postId}`, reader.address), {
      headers: { authorization: `Bearer ${token}` },
    });
    const { data } = (await answer.json()) as { data: { likes_count: number } };
    seen.push({ at, likes: data.likes_count });
  };
  const watching = (async () => {
    while (going) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, READ_EVERY_MS));
    }
  })();
  return {
    async stop(): Promise<readonly Seen[]> {
      going = false;
      await watching;
      await ask();
      return seen;
    },
  };
}

/**
 * How old the oldest like was that a reader did not see. A like counts from when its group began, before
 * its commit, so this is more than anybody could have missed.
 */
async function tellStaleness(ctx: Context, postId: PostId, seen: readonly Seen[], reader: Process) {
  const likes = await ctx.db.query<{ created_at: Date }>(
    'select created_at from likes_by_post where post_id = $1 order by created_at, person_id',
    [postId],
  );
  const ages = seen
    .map(({ at, likes: shown }) => {
      const missed = likes[shown];
      return missed ? Math.max(0, at - missed.created_at.getTime()) : 0;
    })
    .toSorted((a, b) => a - b);
  const last = seen.at(-1)?.likes;
  const { likes: counted } = await readPostCounts(ctx.db, postId);
  console.log(
    `The count in another process (CPU in all ${cpuOf(reader.pid)} ms): stale by p50 ${quantile(ages, 0.5)} ms, ` +
      `p99 ${quantile(ages, 0.99)} ms, at most ${ages.at(-1)} ms, n ${ages.length} reads.`,
  );
  console.log(
    `At rest: ${count(likes.length)} rows, ${count(counted)} counted, ${count(last ?? 0)} shown.`,
  );
  if (counted !== likes.length || last !== counted) throw new Error('the count is not exact');
}
