/**
 * The home feed against bare: a node:http server that sends a copy of the same bytes. All in one run, in
 * rounds that alternate, because the machine is small and not alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Contest, describe, HEAD, type Rival, rateOf, ratio } from './contest.ts';
import { loadGraph } from './graph.ts';
import { type Plan, startLoad } from './load.ts';
import { addGraph, logIn } from './people.ts';
import { type Process, startProcess } from './process.ts';
import { monotonicMicros, printProfile, profilingFlags } from './profile.ts';
import { openStage, type Stage } from './stage.ts';
import { countStatements } from './statements.ts';
import { count, fixed, printTable } from './table.ts';

const USAGE =
  'Options: --quick, --profile (where the time goes, instead), --seconds 5 (a round) --rounds 3 --connections 16 --posts 10 (a person) --readers 50 --limit 20';

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly posts: number;
  readonly readers: number;
  readonly limit: number;
  readonly profile: boolean;
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
        profile: { type: 'boolean', default: false },
      },
    });
    const read = (name: Exclude<keyof Options, 'profile'>) => {
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
      profile: values.profile,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const stage = await openStage();
  const load = await startLoad();
  const stops = [() => stage.close(), () => load.stop()];
  try {
    const requests = await prepare(stage, options);
    const contest = new Contest(stage, load);
    if (options.profile) await profile(stage, contest, requests, options);
    else await compareAll(stage, contest, requests, options, stops);
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
    path: `/api/v1/feed/home?limit=${options.limit}&order=latest`,
    headers: { authorization: `Bearer ${token}` },
  }));
}

/** Processes that only read, hear what others change, and refuse nobody. */
const READS = { ROLES: 'read', BUS_URL: 'postgres:', OVERLOAD: 'off' } as const;
const FROM_DATABASE = { NEAR_PAGES: 'off', NEAR_VIEWERS: 'off' } as const;

const gzipped = (requests: Plan['requests']): Plan['requests'] =>
  requests.map(({ path, headers }) => ({
    path,
    headers: { ...headers, 'accept-encoding': 'gzip' },
  }));

async function startBare(body: Buffer): Promise<Process> {
  const bare = await startProcess(join(import.meta.dirname, 'bare.ts'), {}, /^ready (\S+)$/);
  await new Promise<void>((resolve) => {
    bare.child.once('message', () => resolve());
    bare.child.send(body.toString('base64'));
  });
  return bare;
}

/** A real answer of middling length, as it comes over the wire, which is what bare sends. */
async function middleAnswer(address: string, requests: Plan['requests']): Promise<Buffer> {
  const bodies: Buffer[] = [];
  for (const { path, headers } of requests) {
    // fetch would ask for gzip by itself.
    const asks = { 'accept-encoding': 'identity', ...headers };
    const answer = await fetch(new URL(path, address), { headers: asks });
    if (!answer.ok) throw new Error(`the feed answered with ${answer.status}`);
    const isPacked = answer.headers.get('content-encoding') === 'gzip';
    const length = Number(answer.headers.get('content-length'));
    const body = Buffer.from(await answer.arrayBuffer());
    // fetch has unpacked it; bare sends as many bytes, and nobody looks at them.
    bodies.push(isPacked ? Buffer.alloc(length, body) : body);
  }
  bodies.sort((a, b) => a.length - b.length);
  return bodies[bodies.length >> 1] ?? Buffer.alloc(0);
}

async function compareAll(
  stage: Stage,
  contest: Contest,
  requests: Plan['requests'],
  options: Options,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const warm = await stage.startServer(READS);
  const anew = await stage.startServer({ ...READS, NEAR_PAGES: 'off' });
  const cold = await stage.startServer({ ...READS, ...FROM_DATABASE });
  const packed = gzipped(requests);
  // The first answer to each token is the ordinary one, of other bytes when they are packed.
  for (const { address } of [warm, anew, cold]) await middleAnswer(address, requests);
  const bare = await startBare(await middleAnswer(warm.address, requests));
  const barePacked = await startBare(await middleAnswer(warm.address, packed));
  stops.push(
    () => bare.stop(),
    () => barePacked.stop(),
  );
  const rival = (name: string, process: Process, asks: Plan['requests']): Rival => ({
    name,
    process,
    requests: asks,
    rounds: [],
  });
  const rivals = {
    bare: rival('bare', bare, requests),
    warm: rival('home feed, warm', warm, requests),
    anew: rival('the same, each page judged and joined anew', anew, requests),
    cold: rival('ids and viewer state from the database', cold, requests),
    barePacked: rival('bare, as many bytes as gzip', barePacked, packed),
    packed: rival('home feed, warm, gzip', warm, packed),
    anewPacked: rival('gzip, each page judged and joined anew', anew, packed),
  };
  await compare(contest, Object.values(rivals), options);
  console.log(`Warm to bare: ${ratio(rivals.warm, rivals.bare)}`);
  console.log(`Judged and joined anew, to bare: ${ratio(rivals.anew, rivals.bare)}`);
  console.log(
    `Ids and viewer state from the database, to bare: ${ratio(rivals.cold, rivals.bare)}`,
  );
  console.log(`gzip to its own plain rate: ${ratio(rivals.packed, rivals.warm)}`);
  console.log(`gzip to bare with as many bytes: ${ratio(rivals.packed, rivals.barePacked)}`);
  console.log(
    `The same judged and joined anew, to plain: ${ratio(rivals.anewPacked, rivals.anew)}\n`,
  );
  await openLoops(contest, Object.values(rivals), options);
  for (const one of [rivals.warm, rivals.cold]) await printStatements(stage, one);
}

/** Rounds in turn. */
async function compare(contest: Contest, rivals: readonly Rival[], options: Options) {
  const { connections, seconds, rounds } = options;
  console.log(
    `${connections} keep-alive connections, no pipelining, ${options.readers} readers, ${options.limit} posts a page, LIMITS=off, OVERLOAD=off, LOG_LEVEL=error.\n`,
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
}

async function openLoops(contest: Contest, rivals: readonly Rival[], options: Options) {
  const { seconds } = options;
  console.log('Open loop at half of each one’s own capacity, latency from when a request was due:');
  const halves: string[][] = [];
  for (const rival of rivals) {
    const rate = Math.max(1, Math.round(rateOf(rival) / 2));
    const connections = options.connections * 4;
    halves.push(describe(rival.name, [await contest.round(rival, { connections, seconds, rate })]));
  }
  printTable(HEAD, halves);
}

/** Where the server's time goes, of each kind of read alone. */
async function profile(
  stage: Stage,
  contest: Contest,
  requests: Plan['requests'],
  { connections, seconds }: Options,
): Promise<void> {
  const kinds: [string, Record<string, string>, Plan['requests']][] = [
    ['warm', {}, requests],
    ['warm, gzip', {}, gzipped(requests)],
    ['each page judged and joined anew', { NEAR_PAGES: 'off' }, requests],
    ['ids and viewer state from the database', FROM_DATABASE, requests],
  ];
  for (const [name, settings, asks] of kinds) {
    const folder = await mkdtemp(join(tmpdir(), 'aperto-profile-'));
    const process = await stage.startServer({ ...READS, ...settings }, profilingFlags(folder));
    const rival: Rival = { name, process, requests: asks, rounds: [] };
    await middleAnswer(process.address, requests);
    await contest.round(rival, { connections, seconds: Math.min(seconds, 3), rate: null });
    const from = monotonicMicros();
    const { outcome } = await contest.round(rival, { connections, seconds, rate: null });
    const to = monotonicMicros();
    await process.stop();
    console.log(`Home feed, ${name}: ${count(outcome.perSecond)} requests/s while profiled`);
    await printProfile(folder, { from, to, requests: outcome.n });
    await rm(folder, { recursive: true });
  }
}

const COUNTED_REQUESTS = 100;

async function printStatements(stage: Stage, rival: Rival): Promise<void> {
  const counted = await countStatements(stage.ctx.db, stage.dataDir, async () => {
    for (let i = 0; i < COUNTED_REQUESTS; i += 1) {
      const request = rival.requests[i % rival.requests.length];
      if (!request) return;
      const answer = await fetch(new URL(request.path, rival.process.address), {
        headers: request.headers,
      });
      await answer.arrayBuffer();
    }
  });
  const often = counted.filter(({ times }) => times >= COUNTED_REQUESTS / 10);
  const sum = often.reduce((total, { times }) => total + times, 0);
  console.log(
    `Statements a request, ${rival.name}: ${fixed(sum / COUNTED_REQUESTS, 2)} (n = ${COUNTED_REQUESTS})`,
  );
  for (const { text, times } of often) {
    console.log(`  ${fixed(times / COUNTED_REQUESTS, 2)} × ${text}`);
  }
}
