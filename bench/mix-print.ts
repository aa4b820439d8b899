import type { KindOutcome, Outcome } from './load.ts';
import { count, fixed, printTable } from './table.ts';

/** Of a known peer in TypeScript, on two cores of a machine like this, database and all; a second. */
const PEER = { homes: 97, posts: 103 };

/** CPU in milliseconds. */
export interface Cpu {
  readonly server: number;
  readonly database: number;
  readonly generator: number;
}

export interface Round {
  readonly outcome: Outcome;
  readonly cpu: Cpu;
  /** Milliseconds from the last answer until the last new post was in all feeds. */
  readonly drain: number;
  /** Successes a second, over the time until then. */
  readonly goodput: number;
}

export function printRounds(rounds: readonly (readonly [string, Round])[], capacity: number): void {
  console.log(
    `Capacity, closed loop: ${count(capacity)} requests/s. Then open loop, latency from when a request was due:`,
  );
  printTable(
    [
      'offered',
      'good/s',
      'of capacity',
      'n',
      'p50 ms',
      'p99 ms',
      'shed',
      'shed p99 ms',
      'failed',
      'fan-out ends ms',
      'server µs',
      'database µs',
      'generator µs',
    ],
    rounds.map(([name, { outcome, cpu, drain, goodput }]) => [
      name,
      count(goodput),
      fixed(goodput / capacity, 2),
      count(outcome.n),
      fixed(outcome.p50, 2),
      fixed(outcome.p99, 2),
      count(outcome.shed),
      fixed(outcome.shedP99),
      count(outcome.failed - outcome.shed),
      fixed(drain, 0),
      fixed((cpu.server * 1000) / outcome.n),
      fixed((cpu.database * 1000) / outcome.n),
      fixed((cpu.generator * 1000) / outcome.n),
    ]),
  );
  console.log('CPU is that of all, refusals and fan-out with it, by successes.\n');
}

export function printKinds(name: string, { outcome }: Round): void {
  console.log(name);
  printTable(
    ['', 'good/s', 'n', 'bytes', 'p50 ms', 'p99 ms', 'shed', 'failed'],
    Object.entries(outcome.kinds).map(([kind, one]) => [
      kind,
      count(one.perSecond),
      count(one.n),
      count(one.bytes),
      fixed(one.p50, 2),
      fixed(one.p99, 2),
      count(one.shed),
      count(one.failed - one.shed),
    ]),
  );
}

export function printPeers({ outcome, goodput }: Round, bare: number): void {
  const rate = (kind: KindOutcome | undefined) => ((kind?.n ?? 0) / outcome.n) * goodput;
  const homes = rate(outcome.kinds['home feed']);
  const posts = rate(outcome.kinds['new post']);
  console.log(
    `Bare ${count(bare)}/s (a copy of a home feed for each request): the mix is ${fixed(goodput / bare, 3)} of it.
Beside a known peer, each alone there and in the mix here: ${count(homes)} home feeds/s to ${PEER.homes} (${fixed(homes / PEER.homes)} ×),
${count(posts)} new posts/s to ${PEER.posts} (${fixed(posts / PEER.posts)} ×), all requests to its home feeds: ${fixed(goodput / PEER.homes)} ×.`,
  );
}
