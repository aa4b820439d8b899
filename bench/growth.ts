/**
 * What a read of the home feed must not grow with: how many people somebody follows, how many posts
 * there are, how many of the followed have very many followers. CPU of a read, node and database, with
 * what it needs in memory and without, through the function of the route; and through HTTP.
 */
import { parseArgs } from 'node:util';
import type { PersonId } from '../api/ids.ts';
import type { Post } from '../api/posts.ts';
import type { Context } from '../server/context.ts';
import { homeFeed } from '../server/features/feed/home.ts';
import {
  ofCounts,
  ofFollowedTags,
  ofHome,
  ofMarks,
  ofPerson,
  ofPost,
  ofPostsBy,
  ofTies,
  PULLED_AUTHORS,
} from '../server/kernel/touch-keys.ts';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import { fill, type Reader } from './growth-fill.ts';
import { type Load, startLoad } from './load.ts';
import type { Process } from './process.ts';
import { openStage, type Stage } from './stage.ts';
import { count, fixed, printTable } from './table.ts';

const LIMIT = 20;
const FEW_POSTS = 10_000;
const FOLLOWEES = [50, 500, 5_000];
const BIG = [0, 10, 100];
/** Followees of those readers in whose tables something else grows. */
const MIDDLE = 500;
/** Short turns, so that what else the machine does hits all alike. */
const TURNS = 10;
const CONNECTIONS = 4;

/** Sums of CPU in µs. */
interface Sums {
  reads: number;
  node: number;
  database: number;
}

/** One reader, and what their reads have cost. */
interface Case {
  readonly stage: Stage;
  readonly server: Process;
  readonly posts: number;
  readonly reader: Reader;
  readonly sums: Readonly<Record<Way, Sums>>;
}

const WAYS = ['warm', 'cold', 'HTTP'] as const;
type Way = (typeof WAYS)[number];

const NAMES: Readonly<Record<Way, string>> = {
  warm: 'the function, all in memory',
  cold: 'the function, nothing in memory',
  HTTP: 'HTTP, all in memory',
};

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      posts: { type: 'string', default: '1e6' },
      seconds: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
    },
  });
  const posts = values.quick ? 20_000 : Number(values.posts);
  const seconds = values.quick ? 0.5 : Number(values.seconds);
  if (!(posts >= FEW_POSTS && seconds > 0)) {
    throw new Error('Options: --quick, --posts 1e6 (at least 1e4), --seconds 5 (for each line)');
  }
  const stops: (() => Promise<void>)[] = [];
  try {
    const load = await startLoad();
    stops.push(() => load.stop());
    const cases: Case[] = [];
    for (const [size, readers] of [
      [FEW_POSTS, [[MIDDLE, 0]]],
      [
        posts,
        [
          ...FOLLOWEES.map((n) => [n, 0] as const),
          ...BIG.slice(1).map((n) => [MIDDLE, n] as const),
        ],
      ],
    ] as const) {
      const stage = await openStage();
      stops.push(() => stage.close());
      cases.push(...(await openCases(stage, size, readers)));
    }
    await measure(load, cases, seconds);
    for (const way of WAYS) print(way, cases, posts);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function openCases(
  stage: Stage,
  posts: number,
  readers: readonly (readonly [number, number])[],
): Promise<Case[]> {
  const start = performance.now();
  const filled = await fill(stage.ctx, posts, readers);
  console.log(`${count(posts)} posts made in ${fixed((performance.now() - start) / 1000)} s`);
  const server = await stage.startServer();
  const none = (): Sums => ({ reads: 0, node: 0, database: 0 });
  return filled.readers.map((reader) => ({
    stage,
    server,
    posts,
    reader,
    sums: { warm: none(), cold: none(), HTTP: none() },
  }));
}

async function measure(load: Load, cases: readonly Case[], seconds: number): Promise<void> {
  console.log(
    `\n${LIMIT} posts a page, ${TURNS} turns of each line in turn with all others; one read at a time, over HTTP ${CONNECTIONS}.\n`,
  );
  for (const one of cases) {
    await readFor(one, 'warm', 0.3);
    await askFor(load, one, 0.3);
  }
  for (const one of cases) {
    for (const way of WAYS) Object.assign(one.sums[way], { reads: 0, node: 0, database: 0 });
  }
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const one of cases) {
      await readFor(one, 'warm', seconds / TURNS);
      await readFor(one, 'cold', seconds / TURNS);
      await askFor(load, one, seconds / TURNS);
    }
  }
}

/** Reads through the function, one after the other. */
async function readFor(one: Case, way: 'warm' | 'cold', seconds: number): Promise<void> {
  const { stage, reader } = one;
  const sums = one.sums[way];
  // Uncounted: another reader's turn may have emptied what is shared.
  const { items: page } = await homeFeed(stage.ctx, reader.id, LIMIT, null);
  const keys = way === 'cold' ? await keysOf(stage.ctx, reader.id, page) : [];
  const database = cpuOfFamily(stage.postmaster);
  const end = performance.now() + seconds * 1000;
  let node = 0;
  do {
    if (way === 'cold') stage.ctx.db.touchLoosely(...keys);
    const before = process.cpuUsage();
    const { items } = await homeFeed(stage.ctx, reader.id, LIMIT, null);
    const used = process.cpuUsage(before);
    if (items.length !== LIMIT) throw new Error(`${items.length} posts instead of ${LIMIT}`);
    node += used.user + used.system;
    sums.reads += 1;
  } while (performance.now() < end);
  sums.node += node;
  sums.database += (cpuOfFamily(stage.postmaster) - database) * 1000;
}

/** All that a read of this page may have in memory. */
async function keysOf(ctx: Context, reader: PersonId, items: readonly Post[]): Promise<string[]> {
  const big = await ctx.db.query<{ author_id: PersonId }>('select author_id from feed_authors');
  return [
    ofHome(reader),
    ofTies(reader),
    ofMarks(reader),
    ofFollowedTags(reader),
    ofPerson(reader),
    PULLED_AUTHORS,
    ...big.map(({ author_id }) => ofPostsBy(author_id)),
    ...items.flatMap(({ post_id, user }) => [
      ofPost(post_id),
      ofCounts(post_id),
      ofPerson(user.user_id),
      ofTies(user.user_id),
    ]),
  ];
}

async function askFor(load: Load, one: Case, seconds: number): Promise<void> {
  const { stage, server, reader } = one;
  const look = () => [cpuOf(server.pid), cpuOfFamily(stage.postmaster)] as const;
  const [node, database] = look();
  const { n, failed } = await load.run({
    address: server.address,
    requests: [
      {
        path: `/api/v1/feed/home?limit=${LIMIT}`,
        headers: { authorization: `Bearer ${reader.token}` },
      },
    ],
    connections: CONNECTIONS,
    seconds,
    rate: null,
  });
  if (failed > 0) throw new Error(`${failed} requests failed`);
  const [nodeAfter, databaseAfter] = look();
  const sums = one.sums.HTTP;
  sums.reads += n;
  sums.node += (nodeAfter - node) * 1000;
  sums.database += (databaseAfter - database) * 1000;
}

function print(way: Way, cases: readonly Case[], posts: number): void {
  const find = (size: number, followees: number, big: number) =>
    cases.find(
      ({ posts: of, reader }) =>
        of === size && reader.followees === followees && reader.big === big,
    );
  console.log(`CPU of a read, ${NAMES[way]}`);
  const groups: [string, (Case | undefined)[], (one: Case) => string][] = [
    ['followed', FOLLOWEES.map((n) => find(posts, n, 0)), ({ reader }) => count(reader.followees)],
    ['posts', [FEW_POSTS, posts].map((n) => find(n, MIDDLE, 0)), (one) => count(one.posts)],
    ['big accounts', BIG.map((n) => find(posts, MIDDLE, n)), ({ reader }) => String(reader.big)],
  ];
  const rows = groups.flatMap(([what, found, label]) => {
    const all = found.filter((one) => one !== undefined);
    const [smallest] = all;
    return all.map((one) => {
      const { node, database, total, reads } = meanOf(one, way);
      const least = smallest ? meanOf(smallest, way).total : Number.NaN;
      const each = one.reader.big > 0 ? fixed((total - least) / one.reader.big, 2) : '';
      const ratio = fixed(total / least, 2);
      return [
        `${label(one)} ${what}`,
        count(reads),
        fixed(node),
        fixed(database),
        fixed(total),
        ratio,
        each,
      ];
    });
  });
  printTable(
    ['', 'reads', 'node µs', 'database µs', 'together µs', 'to the smallest', 'µs a big account'],
    rows,
  );
}

function meanOf({ sums }: Case, way: Way) {
  const { reads, node, database } = sums[way];
  const mean = { node: node / reads, database: database / reads };
  return { ...mean, total: mean.node + mean.database, reads };
}
