/**
 * The home feed against bare: a node:http server that sends a copy of the same bytes. Both in one run, in
 * rounds that alternate, because the machine is small and not alone.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import { loadGraph } from './graph.ts';
import { type Load, type Outcome, type Plan, startLoad } from './load.ts';
import { addGraph, logIn } from './people.ts';
import { type Process, startProcess } from './process.ts';
import { openStage, type Stage } from './stage.ts';
import { countStatements } from './statements.ts';
import { count, fixed, median, printTable } from './table.ts';

const USAGE =
  'Options: --quick, --seconds 5 (a round) --rounds 3 --connections 16 --posts 10 (a person) --readers 50 --limit 20';

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly posts: number;
  readonly readers: number;
  readonly limit: number;
}

function readOptions(args: readonly string[]): Options {
  const text = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: text('5'),
        rounds: text('3'),
        connections: text('16'),
        posts: text('10'),
        readers: text('50'),
        limit: text('20'),
        quick: { type: 'boolean', default: false },
      },
    });
    const read = (name: keyof Options) => {
      const value = Number(values[name]);
      if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
      return value;
    };
    return {
      seconds: values.quick ? 0.5 : read('seconds'),
      rounds: values.quick ? 1 : read('rounds'),
      connections: read('connections'),
      posts: read('posts'),
      readers: read('readers'),
      limit: read('limit'),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** CPU in milliseconds of all that take part. */
interface Cpu {
  readonly server: number;
  readonly database: number;
  readonly generator: number;
}

interface Round {
  readonly outcome: Outcome;
  readonly cpu: Cpu;
}

interface Rival {
  readonly name: string;
  readonly process: Process;
  readonly requests: Plan['requests'];
  readonly rounds: Round[];
}

class Contest {
  readonly #stage: Stage;
  readonly #load: Load;

  constructor(stage: Stage, load: Load) {
    this.#stage = stage;
    this.#load = load;
  }

  #look(rival: Rival): Cpu {
    return {
      server: cpuOf(rival.process.pid),
      database: cpuOfFamily(this.#stage.postmaster),
      generator: this.#load.cpu(),
    };
  }

  async round(
    rival: Rival,
    how: { connections: number; seconds: number; rate: number | null },
  ): Promise<Round> {
    const before = this.#look(rival);
    const plan = { address: rival.process.address, requests: rival.requests, ...how };
    const outcome = await this.#load.run(plan);
    const after = this.#look(rival);
    if (outcome.failed > 0) throw new Error(`${rival.name}: ${outcome.failed} requests failed`);
    return {
      outcome,
      cpu: {
        server: after.server - before.server,
        database: after.database - before.database,
        generator: after.generator - before.generator,
      },
    };
  }
}

function path(options: Options): string {
  return `/api/v1/feed/home?limit=${options.limit}`;
}

async function startBare(body: string): Promise<Process> {
  const bare = await startProcess(join(import.meta.dirname, 'bare.ts'), {}, /^ready (\S+)$/);
  await new Promise<void>((resolve) => {
    bare.child.once('message', () => resolve());
    bare.child.send(body);
  });
  return bare;
}

/** A real answer of middling length, which is what bare sends. */
async function middleAnswer(address: string, requests: Plan['requests']): Promise<string> {
  const bodies: string[] = [];
  for (const request of requests) {
    const answer = await fetch(new URL(request.path, address), { headers: request.headers });
    if (!answer.ok) throw new Error(`the feed answered with ${answer.status}`);
    bodies.push(await answer.text());
  }
  bodies.sort((a, b) => a.length - b.length);
  return bodies[bodies.length >> 1] ?? '';
}

export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const stage = await openStage();
  const load = await startLoad();
  const stops = [() => stage.close(), () => load.stop()];
  try {
    const requests = await prepare(stage, options);
    const server = await stage.startServer();
    const bare = await startBare(await middleAnswer(server.address, requests));
    stops.push(() => bare.stop());
    const feed: Rival = { name: 'home feed', process: server, requests, rounds: [] };
    const first = requests.slice(0, 1);
    const yardstick: Rival = { name: 'bare', process: bare, requests: first, rounds: [] };
    await compare(new Contest(stage, load), [yardstick, feed], options);
    await printStatements(stage, feed);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Loads the graph and gives a request of each reader. */
async function prepare({ ctx }: Stage, options: Options): Promise<Plan['requests']> {
  const graph = loadGraph();
  const people = await addGraph(ctx, graph, options.posts);
  console.log(
    `Graph ${graph.name}: ${count(people.length)} people, ${count(graph.follows.length)} follows, ${count(people.length * options.posts)} posts.`,
  );
  const step = Math.max(1, Math.floor(people.length / options.readers));
  const readers = people.filter((_, i) => i % step === 0).slice(0, options.readers);
  const tokens = await Promise.all(readers.map((reader) => logIn(ctx, reader)));
  return tokens.map((token) => ({
    path: path(options),
    headers: { authorization: `Bearer ${token}` },
  }));
}

async function compare(contest: Contest, rivals: readonly Rival[], options: Options) {
  const { connections, seconds, rounds } = options;
  console.log(
    `${connections} keep-alive connections, no pipelining, no compression, ${options.readers} readers, ${options.limit} posts a page, LIMITS=off.\n`,
  );
  for (const rival of rivals) {
    await contest.round(rival, { connections, seconds: Math.min(seconds, 3), rate: null });
  }
  console.log(`Closed loop, ${rounds} rounds of ${seconds} s each in turn, medians of the rounds:`);
  for (let i = 0; i < rounds; i += 1) {
    for (const rival of rivals) {
      rival.rounds.push(await contest.round(rival, { connections, seconds, rate: null }));
    }
  }
  printTable(
    HEAD,
    rivals.map((rival) => describe(rival.name, rival.rounds)),
  );
  const [bare = Number.NaN, feed = Number.NaN] = rivals.map(({ rounds: all }) =>
    median(all.map(({ outcome }) => outcome.perSecond)),
  );
  const pairs = (rivals[1]?.rounds ?? []).map(
    ({ outcome }, i) => outcome.perSecond / (rivals[0]?.rounds[i]?.outcome.perSecond ?? Number.NaN),
  );
  console.log(
    `Requests/s of the home feed to bare: ${fixed(feed / bare, 3)} (by round: ${pairs.map((one) => fixed(one, 3)).join(', ')})\n`,
  );
  console.log('Open loop at half of each one’s own capacity, latency from when a request was due:');
  const halves: string[][] = [];
  for (const [rival, capacity] of [
    [rivals[0], bare],
    [rivals[1], feed],
  ] as const) {
    if (!rival) continue;
    const rate = Math.max(1, Math.round(capacity / 2));
    halves.push(
      describe(rival.name, [
        await contest.round(rival, { connections: connections * 4, seconds, rate }),
      ]),
    );
  }
  printTable(HEAD, halves);
}

const HEAD = [
  '',
  'requests/s',
  'n',
  'bytes',
  'p50 ms',
  'p99 ms',
  'server µs',
  'database µs',
  'generator µs',
];

/** CPU is that of a request. */
function describe(name: string, rounds: readonly Round[]): string[] {
  const of = (value: (round: Round) => number) => median(rounds.map(value));
  const micros = (part: keyof Cpu) =>
    fixed(of(({ cpu, outcome }) => (cpu[part] * 1000) / outcome.n));
  return [
    name,
    count(of(({ outcome }) => outcome.perSecond)),
    count(rounds.reduce((sum, { outcome }) => sum + outcome.n, 0)),
    count(of(({ outcome }) => outcome.bytes)),
    fixed(
      of(({ outcome }) => outcome.p50),
      2,
    ),
    fixed(
      of(({ outcome }) => outcome.p99),
      2,
    ),
    micros('server'),
    micros('database'),
    micros('generator'),
  ];
}

const COUNTED_REQUESTS = 100;

async function printStatements(stage: Stage, feed: Rival): Promise<void> {
  const counted = await countStatements(stage.ctx.db, stage.dataDir, async () => {
    for (let i = 0; i < COUNTED_REQUESTS; i += 1) {
      const request = feed.requests[i % feed.requests.length];
      if (!request) return;
      const answer = await fetch(new URL(request.path, feed.process.address), {
        headers: request.headers,
      });
      await answer.arrayBuffer();
    }
  });
  const often = counted.filter(({ times }) => times >= COUNTED_REQUESTS / 10);
  const sum = often.reduce((total, { times }) => total + times, 0);
  console.log(
    `Statements a request: ${fixed(sum / COUNTED_REQUESTS, 2)} (n = ${COUNTED_REQUESTS})`,
  );
  for (const { text, times } of often) {
    console.log(`  ${fixed(times / COUNTED_REQUESTS, 2)} × ${text}`);
  }
}
