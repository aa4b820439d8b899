/** What a read of the home feed costs, beside a bare server that sends the same bytes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { homeFeed } from '../server/features/feed/home.ts';
import { postgresMicros } from './cpu.ts';
import { readGraph } from './graph.ts';
import { closedLoop, cpuMicros, type Load, openLoop } from './load.ts';
import { addFollows, addGraph, addPeople, addPosts, logIn } from './people.ts';
import { type Child, openStage, startChild } from './stage.ts';

const CONNECTIONS = 16;
const ROUNDS = 5;
const POSTS_EACH = 20;
const READERS = 200;

/** `--quick`: short rounds, to see that it works. */
export async function run(args: readonly string[]): Promise<void> {
  const roundMs = args.includes('--quick') ? 500 : 4000;
  const stage = await openStage();
  const folder = await mkdtemp(join(tmpdir(), 'aperto-bare-'));
  try {
    const graph = readGraph();
    console.log(`graph ${graph.name}: ${graph.people} people, ${graph.edges.length * 2} follows`);
    const people = await addGraph(stage.ctx, graph, POSTS_EACH);
    const tokens: string[] = [];
    for (const person of people.slice(0, READERS)) tokens.push(await logIn(stage.ctx, person));
    const server = await stage.startServer({ ROLES: 'all' });
    const answer = await readOnce(server, tokens[0] ?? '');
    await writeFile(join(folder, 'answer.json'), answer);
    const bare = await startChild(join(import.meta.dirname, 'bare.ts'), {
      BARE_FILE: join(folder, 'answer.json'),
    });
    console.log(
      `an answer: ${answer.length} bytes, ${await countStatements(stage.ctx, people[0] as PersonId)}`,
    );

    const request = (n: number) => ask(tokens[n % tokens.length] ?? '');
    await closedLoop(server.port, CONNECTIONS, roundMs, request);
    const feeds: Measured[] = [];
    const bares: Measured[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bares.push(
        await measure(bare, null, () => closedLoop(bare.port, CONNECTIONS, roundMs, request)),
      );
      feeds.push(
        await measure(server, stage.postmaster, () =>
          closedLoop(server.port, CONNECTIONS, roundMs, request),
        ),
      );
    }
    console.log(
      `\nclosed loop, ${CONNECTIONS} connections, ${ROUNDS} rounds each in turn, medians`,
    );
    print('bare', bares);
    print('home feed', feeds);
    const ratio =
      middle(feeds.map((one) => one.load.perSecond)) /
      middle(bares.map((one) => one.load.perSecond));
    console.log(`home feed / bare: ${(ratio * 100).toFixed(1)} %`);

    const half = middle(feeds.map((one) => one.load.perSecond)) / 2;
    const calm = await openLoop(server.port, half, roundMs * 2, request);
    console.log(
      `\nopen loop at half of that (${half.toFixed(0)}/s), from the intended send: p50 ${calm.p50.toFixed(1)} ms, p99 ${calm.p99.toFixed(1)} ms, n ${calm.requests}`,
    );
    await growth(stage.ctx);
    await bare.stop();
  } finally {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly load: Load;
  /** µs of CPU a request. */
  readonly server: number;
  readonly database: number;
}

async function measure(
  child: Child,
  postmaster: number | null,
  work: () => Promise<Load>,
): Promise<Measured> {
  const before = cpuMicros(child.pid);
  const databaseBefore = postmaster === null ? 0 : postgresMicros(postmaster);
  const load = await work();
  const database = postmaster === null ? 0 : postgresMicros(postmaster) - databaseBefore;
  return {
    load,
    server: (cpuMicros(child.pid) - before) / load.requests,
    database: database / load.requests,
  };
}

function print(name: string, rounds: readonly Measured[]): void {
  const of = (pick: (one: Measured) => number) => middle(rounds.map(pick));
  const n = rounds.reduce((sum, one) => sum + one.load.requests, 0);
  console.log(
    `${name.padEnd(10)} ${of((one) => one.load.perSecond)
      .toFixed(0)
      .padStart(6)}/s   ` +
      `CPU a request: server ${of((one) => one.server).toFixed(0)} µs, database ${of((one) => one.database).toFixed(0)} µs   ` +
      `p50 ${of((one) => one.load.p50).toFixed(2)} ms, p99 ${of((one) => one.load.p99).toFixed(2)} ms   n ${n}`,
  );
}

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const ask = (token: string) =>
  `GET /api/v1/feed/home HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\n\r\n`;

async function readOnce(server: Child, token: string): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/feed/home`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
  });
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
}

/** A context whose statements are counted. */
function counting(ctx: Context): { ctx: Context; statements: string[] } {
  const statements: string[] = [];
  const db = Object.create(ctx.db) as Context['db'];
  db.query = (text, ...rest) => {
    statements.push(text);
    return ctx.db.query(text, ...rest);
  };
  return { ctx: { ...ctx, db }, statements };
}

async function countStatements(ctx: Context, personId: PersonId): Promise<string> {
  const counted = counting(ctx);
  const page = await homeFeed(counted.ctx, personId, 20, null);
  return `${page.items.length} posts, ${counted.statements.length} statements`;
}

/** The same read for someone who follows 50, 500 and 5,000 people: CPU of the database and of this process. */
async function growth(ctx: Context): Promise<void> {
  console.log('\nthe same page by how many people the reader follows');
  const authors = await addPeople(ctx, 5000);
  const rows = await addPosts(ctx, authors.slice(0, 50));
  for (const followees of [50, 500, 5000]) {
    const [reader] = (await addPeople(ctx, 1)) as [PersonId];
    await addFollows(
      ctx,
      authors.slice(0, followees).map((followee) => ({ follower: reader, followee })),
    );
    await fillFeed(ctx, reader, rows);
    await ctx.db.script('analyze');
    const counted = counting(ctx);
    for (let n = 0; n < 200; n += 1) await homeFeed(ctx, reader, 20, null);
    const cpu = process.cpuUsage();
    const began = performance.now();
    const reads = 1500;
    for (let n = 0; n < reads; n += 1) await homeFeed(ctx, reader, 20, null);
    const used = process.cpuUsage(cpu);
    const ms = (performance.now() - began) / reads;
    await homeFeed(counted.ctx, reader, 20, null);
    console.log(
      `${String(followees).padStart(6)} followed: ${counted.statements.length} statements, ` +
        `${((used.user + used.system) / reads).toFixed(0)} µs of CPU in node, ${ms.toFixed(2)} ms a read (one at a time), n ${reads}`,
    );
  }
}

async function fillFeed(
  ctx: Context,
  person_id: PersonId,
  posts: readonly { postId: string; authorId: PersonId }[],
): Promise<void> {
  for (const { postId, authorId } of posts) {
    await ctx.db.query(
      'insert into feed_entries (person_id, post_id, author_id) values ($1, $2, $3)',
      [person_id, postId, authorId],
    );
  }
}
