import { cpuOf, cpuOfFamily } from './cpu.ts';
import type { Load, Outcome, Plan } from './load.ts';
import type { Process } from './process.ts';
import type { Stage } from './stage.ts';
import { count, fixed, median } from './table.ts';

/** CPU in milliseconds of all that take part. */
export interface Cpu {
  readonly server: number;
  readonly database: number;
  readonly generator: number;
}

export interface Round {
  readonly outcome: Outcome;
  readonly cpu: Cpu;
}

/** Who is asked, for what, and how that went so far. */
export interface Rival {
  readonly name: string;
  readonly process: Process;
  readonly requests: Plan['requests'];
  readonly rounds: Round[];
}

/** Rounds of load on rivals in turn, because the machine is small and not alone. */
export class Contest {
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

  /** One round. Throws when a request fails. */
  async round(rival: Rival, how: Pick<Plan, 'connections' | 'seconds' | 'rate'>): Promise<Round> {
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

/** Requests a second, the median of the rounds. */
export const rateOf = ({ rounds }: Rival) => median(rounds.map(({ outcome }) => outcome.perSecond));

/** CPU of the server for a request in µs, the median of the rounds. */
export const serverMicrosOf = ({ rounds }: Rival) =>
  median(rounds.map(({ outcome, cpu }) => (cpu.server * 1000) / outcome.n));

/** Requests a second of `rival` to those of `other`: of all rounds, and round by round. */
export function ratio(rival: Rival, other: Rival): string {
  const each = rival.rounds.map(
    ({ outcome }, n) => outcome.perSecond / (other.rounds[n]?.outcome.perSecond ?? Number.NaN),
  );
  const cpu = serverMicrosOf(other) / serverMicrosOf(rival);
  const rounds = each.map((one) => fixed(one, 2)).join(', ');
  return `${fixed(rateOf(rival) / rateOf(other), 3)} (by round: ${rounds}; by CPU of the server: ${fixed(cpu, 3)})`;
}

export const HEAD = [
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

/** A line of the table; CPU is that of a request. */
export function describe(name: string, rounds: readonly Round[]): string[] {
  const of = (value: (round: Round) => number) => median(rounds.map(value));
  const micros = (part: keyof Cpu) =>
    fixed(of(({ cpu, outcome }) => (cpu[part] * 1000) / outcome.n));
  const millis = (value: (round: Round) => number) => fixed(of(value), 2);
  return [
    name,
    count(of(({ outcome }) => outcome.perSecond)),
    count(rounds.reduce((sum, { outcome }) => sum + outcome.n, 0)),
    count(of(({ outcome }) => outcome.bytes)),
    millis(({ outcome }) => outcome.p50),
    millis(({ outcome }) => outcome.p99),
    micros('server'),
    micros('database'),
    micros('generator'),
  ];
}
