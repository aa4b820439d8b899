/**
 * The edge against nginx and a plain node:http server on the same files: renditions of photos that were
 * published, and parts of a large file. All in one run, in rounds that alternate.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuOfFamily } from './cpu.ts';
import { type Load, type Outcome, type Plan, startLoad } from './load.ts';
import { copyServed, publishMedia, type Served } from './media-files.ts';
import { startNginx } from './nginx.ts';
import { startProcess } from './process.ts';
import { openStage } from './stage.ts';
import { count, fixed, median, printTable } from './table.ts';

const PART = 1_000_000;
/** Of the edge's own answer, what the others are to send, too. */
const NOT_COPIED = /^(content-type|content-length|etag|date|connection|keep-alive|accept-ranges)$/;
const TYPES = { jpg: 'image/jpeg', webp: 'image/webp', mp4: 'video/mp4' };

interface Options {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
}

interface Rival {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
}

interface Round {
  readonly outcome: Outcome;
  /** µs of a request */
  readonly server: number;
  readonly generator: number;
}

/** Options: `--quick`, `--seconds 3` (a round), `--rounds 3`, `--connections 16`. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const stage = await openStage();
  const load = await startLoad();
  const stops = [() => stage.close(), () => load.stop()];
  try {
    const server = await stage.startServer();
    const served = await publishMedia(stage, server.address);
    const root = join(stage.dataDir, 'bench-files');
    const { thumbnail, medium, large, film } = served;
    await copyServed(server.address, [...thumbnail, ...medium, ...large, film], root);
    const headers = await headersOf(server.address + (thumbnail[0] ?? ''));
    const rivals: Rival[] = [];
    for (const keepsOpen of [false, true]) {
      const folder = join(stage.dataDir, keepsOpen ? 'bench-nginx-open' : 'bench-nginx');
      const nginx = await startNginx({ folder, root, headers, types: TYPES, keepsOpen });
      if (!nginx) continue;
      stops.push(() => nginx.stop());
      if (!keepsOpen) console.log(`nginx ${nginx.version}, one worker process, sendfile.`);
      rivals.push({ ...nginx, name: keepsOpen ? 'nginx, files kept open' : 'nginx' });
    }
    if (rivals.length === 0) console.log('There is no nginx here: a plain static server is all.');
    const plain = await startProcess(
      join(import.meta.dirname, 'plain-static.ts'),
      {},
      /^ready (\S+)$/,
    );
    stops.push(() => plain.stop());
    plain.child.send({ root, headers, types: TYPES });
    rivals.push({ ...plain, name: 'plain node:http' });
    rivals.push({ name: 'edge', address: server.address, pid: server.pid });
    await compareAll(load, rivals, served, options);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function readOptions(args: readonly string[]): Options {
  const text = (otherwise: string) => ({ type: 'string', default: otherwise }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: text('3'),
      rounds: text('3'),
      connections: text('16'),
      quick: { type: 'boolean', default: false },
    },
  });
  return {
    seconds: values.quick ? 0.3 : Number(values.seconds),
    rounds: values.quick ? 1 : Number(values.rounds),
    connections: Number(values.connections),
  };
}

async function headersOf(address: string): Promise<Record<string, string>> {
  // Once to have it ready in memory, and once as it is from then on.
  for (const times of [1, 2]) {
    const answer = await fetch(address);
    await answer.arrayBuffer();
    if (times === 2) {
      return Object.fromEntries([...answer.headers].filter(([name]) => !NOT_COPIED.test(name)));
    }
  }
  return {};
}

async function compareAll(
  load: Load,
  rivals: readonly Rival[],
  { thumbnail, medium, large, film }: Served,
  options: Options,
): Promise<void> {
  const plain = (paths: readonly string[]) => paths.map((path) => ({ path, headers: {} }));
  const parts = Array.from({ length: 60 }, (_, n) => ({
    path: film,
    headers: { range: `bytes=${n * PART}-${(n + 1) * PART - 1}` },
  }));
  const kinds: [string, Plan['requests']][] = [
    ['thumbnail', plain(thumbnail)],
    ['medium', plain(medium)],
    ['large', plain(large)],
    [
      'all sizes in turn',
      plain(thumbnail.flatMap((path, i) => [path, medium[i], large[i]].map(String))),
    ],
    ['1 MB parts of 64 MB', parts],
  ];
  const { rounds, seconds, connections } = options;
  console.log(
    `${connections} keep-alive connections, ${rounds} rounds of ${seconds} s each in turn, medians.\n`,
  );
  const rows: string[][] = [];
  for (const [kind, requests] of kinds) {
    const plan = { requests, connections, seconds, rate: null };
    rows.push(...(await compare(load, rivals, kind, plan, rounds)));
  }
  printTable(HEAD, rows);
}

const HEAD = [
  '',
  '',
  'requests/s',
  'of nginx',
  'by round',
  'bytes',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'driver µs',
  'n',
];

async function compare(
  load: Load,
  rivals: readonly Rival[],
  kind: string,
  plan: Omit<Plan, 'address'>,
  rounds: number,
): Promise<string[][]> {
  for (const { address } of rivals) {
    await load.run({ ...plan, address, seconds: Math.min(1, plan.seconds) });
  }
  const all = rivals.map((): Round[] => []);
  for (let i = 0; i < rounds; i += 1) {
    for (const [n, rival] of rivals.entries()) all[n]?.push(await round(load, rival, plan));
  }
  const [first = []] = all;
  return rivals.map(({ name }, n) => {
    const mine = all[n] ?? [];
    const of = (value: (one: Round) => number) => median(mine.map(value));
    const perSecond = ({ outcome }: Round) => outcome.perSecond;
    const ratios = mine.map((one, i) => one.outcome.perSecond / (first[i]?.outcome.perSecond ?? 0));
    return [
      n === 0 ? kind : '',
      name,
      count(of(perSecond)),
      fixed(of(perSecond) / median(first.map(perSecond)), 2),
      ratios.map((ratio) => fixed(ratio, 2)).join(' '),
      count(of(({ outcome }) => outcome.bytes)),
      fixed(
        of(({ outcome }) => outcome.p50),
        2,
      ),
      fixed(
        of(({ outcome }) => outcome.p99),
        2,
      ),
      fixed(of(({ server }) => server)),
      fixed(of(({ generator }) => generator)),
      count(mine.reduce((sum, { outcome }) => sum + outcome.n, 0)),
    ];
  });
}

async function round(load: Load, rival: Rival, plan: Omit<Plan, 'address'>): Promise<Round> {
  const before = { server: cpuOfFamily(rival.pid), generator: load.cpu() };
  const outcome = await load.run({ ...plan, address: rival.address });
  if (outcome.failed > 0) throw new Error(`${rival.name}: ${outcome.failed} requests failed`);
  const micros = (ms: number) => (ms * 1000) / outcome.n;
  return {
    outcome,
    server: micros(cpuOfFamily(rival.pid) - before.server),
    generator: micros(load.cpu() - before.generator),
  };
}
