/**
 * What a social network is asked: home feeds, profile feeds and new posts on the graph of Reed98, with
 * everything done that follows from a post. First as much as the machine can do, then a part of it, and
 * more than it, whatever the server does.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import { loadGraph } from './graph.ts';
import { type Load, type Outcome, startLoad } from './load.ts';
import { type Cpu, printKinds, printPeers, printRounds, type Round } from './mix-print.ts';
import { Crowd, demandDelivered, untilFannedOut } from './mix-requests.ts';
import { type Process, startProcess } from './process.ts';
import { openStage, type Stage } from './stage.ts';
import { count } from './table.ts';

const USAGE =
  'Options: --quick, --seconds 8 (a round) --connections 32 (closed loop) --open 512 (open loop) --posts 10 (a person) --limit 20 --rates 25,50,80,100,200';

interface Options {
  readonly seconds: number;
  readonly connections: number;
  readonly open: number;
  readonly posts: number;
  readonly limit: number;
  /** Percent of what the machine can do. */
  readonly rates: readonly number[];
}

function readOptions(args: readonly string[]): Options {
  const text = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: text('8'),
        connections: text('32'),
        open: text('512'),
        posts: text('10'),
        limit: text('20'),
        rates: text('25,50,80,100,200'),
        quick: { type: 'boolean', default: false },
      },
    });
    const positive = (value: string) => {
      const number = Number(value);
      if (!(number > 0)) throw new Error(`${value} must be a number above 0`);
      return number;
    };
    return {
      seconds: values.quick ? 1 : positive(values.seconds),
      connections: positive(values.connections),
      open: positive(values.open),
      posts: positive(values.posts),
      limit: positive(values.limit),
      rates: (values.quick ? '50,200' : values.rates).split(',').map(positive),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

class Contest {
  readonly #stage: Stage;
  readonly #load: Load;
  readonly #server: Process;
  readonly #crowd: Crowd;

  constructor(stage: Stage, load: Load, server: Process, crowd: Crowd) {
    this.#stage = stage;
    this.#load = load;
    this.#server = server;
    this.#crowd = crowd;
  }

  async round(how: {
    readonly connections: number;
    readonly seconds: number;
    readonly rate: number | null;
    readonly posts: number;
  }): Promise<Round> {
    const before = this.#cpu();
    const outcome = await this.#load.run({
      address: this.#server.address,
      requests: [],
      kinds: this.#crowd.kinds(how.posts),
      connections: how.connections,
      seconds: how.seconds,
      rate: how.rate,
    });
    const drain = await untilFannedOut(this.#stage.ctx, performance.now());
    const after = this.#cpu();
    await demandDelivered(this.#stage.ctx, outcome.kinds['new post']?.n ?? 0);
    return {
      outcome,
      drain,
      goodput: outcome.n / (outcome.seconds + drain / 1000),
      cpu: {
        server: after.server - before.server,
        database: after.database - before.database,
        generator: after.generator - before.generator,
      },
    };
  }

  #cpu(): Cpu {
    return {
      server: cpuOf(this.#server.pid),
      database: cpuOfFamily(this.#stage.postmaster),
      generator: this.#load.cpu(),
    };
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const stage = await openStage();
  const load = await startLoad();
  const stops = [() => stage.close(), () => load.stop()];
  try {
    const graph = loadGraph();
    const crowd = await Crowd.open(stage.ctx, graph, options.posts, options.limit);
    say(graph.name, crowd, options);
    // What the machine can do is found where nothing is refused: refusals would change the mix.
    const open = await stage.startServer({ OVERLOAD: 'off' });
    const body = await readOnce(open.address, crowd);
    const bare = await startProcess(join(import.meta.dirname, 'bare.ts'), {}, /^ready (\S+)$/);
    stops.push(() => bare.stop());
    await new Promise<void>((resolve) => {
      bare.child.once('message', () => resolve());
      bare.child.send(body);
    });
    const contest = new Contest(stage, load, open, crowd);
    const found = await findCapacity(contest, () => bareRate(load, bare, options), options);
    // As much too much again, for comparison; last, because its queue is long.
    const top = Math.max(...options.rates);
    const without = await offer(contest, found.goodput, top, options);
    await open.stop();
    const server = await stage.startServer();
    await readOnce(server.address, crowd);
    const guarded = new Contest(stage, load, server, crowd);
    await guarded.round(warmUp(options));
    const rounds: [string, Round][] = [['closed loop', found.round]];
    for (const percent of options.rates) {
      const round = await offer(guarded, found.goodput, percent, options);
      rounds.push([`${percent} %`, round]);
    }
    rounds.push([`${top} %, OVERLOAD=off`, without]);
    printRounds(rounds, found.goodput);
    for (const [name, round] of rounds) printKinds(name, round);
    printPeers(found.round, found.bare);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function say(graph: string, crowd: Crowd, options: Options): void {
  console.log(
    `Graph ${graph}: ${count(crowd.people.length)} people, all with a session, all have read their feed.
60 % home feed, 30 % profile feed, ${options.limit} posts a page, without compression; 10 % new post: a repost with a text of
its own. It refers to a picture that is there, as posts of social-network benchmarks do, so that no picture is made
here (what one costs: npm run bench -- photo); it has all the rest: session, privacy, commit, event, fan-out by a job.
A new post counts when it is in the feeds of all followers: rates are over the time until the last one is.
Server, database, generator and jobs share ${navigator.hardwareConcurrency} cores; fsync on, LIMITS=off.\n`,
  );
}

/** Everybody reads their feed, as people do before they count as readers; gives an answer of middling length. */
async function readOnce(address: string, crowd: Crowd): Promise<string> {
  const bodies: string[] = [];
  const left = crowd.homes();
  const reader = async () => {
    for (let wish = left.pop(); wish; wish = left.pop()) {
      const answer = await fetch(new URL(wish.path, address), { headers: wish.headers });
      if (!answer.ok) throw new Error(`the feed answered with ${answer.status}`);
      bodies.push(await answer.text());
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  bodies.sort((a, b) => a.length - b.length);
  return bodies[bodies.length >> 1] ?? '';
}

async function bareRate(load: Load, bare: Process, options: Options): Promise<Outcome> {
  return load.run({
    address: bare.address,
    requests: [{ path: '/', headers: {} }],
    connections: options.connections,
    seconds: Math.min(3, options.seconds),
    rate: null,
  });
}

/** More than any machine does, of which a tenth are posts. */
const GUESS_A_SECOND = 20_000;

function warmUp({ connections, seconds }: Options) {
  const posts = Math.ceil(seconds * GUESS_A_SECOND * 0.1);
  return { connections, seconds: Math.min(3, seconds), rate: null, posts };
}

/** Closed loop: as much as the machine can do, and bare before and after it. */
async function findCapacity(contest: Contest, bare: () => Promise<Outcome>, options: Options) {
  const warm = warmUp(options);
  await contest.round(warm);
  const before = await bare();
  const round = await contest.round({ ...warm, seconds: options.seconds });
  const after = await bare();
  return { round, goodput: round.goodput, bare: (before.perSecond + after.perSecond) / 2 };
}

/** Open loop at this part of the capacity. */
function offer(contest: Contest, capacity: number, percent: number, options: Options) {
  const { seconds, open: connections } = options;
  const rate = Math.max(1, Math.round((capacity * percent) / 100));
  const posts = Math.ceil(rate * seconds * 0.15) + 100;
  return contest.round({ connections, seconds, rate, posts });
}
