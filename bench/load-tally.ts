import { quantile } from './table.ts';

/** What became of the requests of one kind. */
export interface KindOutcome {
  /** Answers that came, all of them successes. */
  readonly n: number;
  readonly perSecond: number;
  /** Milliseconds */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of a body, on average. */
  readonly bytes: number;
  /** Refused for want of time: 503 or 429. */
  readonly shed: number;
  /** Milliseconds until half of, and nearly all, refusals came. */
  readonly shedP50: number;
  readonly shedP99: number;
  /** Requests that failed or were not answered with a success, refusals among them. */
  readonly failed: number;
}

export interface Outcome extends KindOutcome {
  readonly seconds: number;
  readonly kinds: Readonly<Record<string, KindOutcome>>;
}

interface Counts {
  readonly latencies: number[];
  readonly refusals: number[];
  bytes: number;
  failed: number;
}

/** Counts answers, by kind. */
export class Tally {
  readonly #kinds: ReadonlyMap<string, Counts>;

  constructor(names: readonly string[]) {
    this.#kinds = new Map(
      names.map((name) => [name, { latencies: [], refusals: [], bytes: 0, failed: 0 }]),
    );
  }

  /** `status` 0: no answer came. */
  add(kind: string, status: number, latency: number, bytes: number): void {
    const counts = this.#kinds.get(kind);
    if (!counts) throw new Error(`${kind} is no kind of this plan`);
    if (status >= 200 && status < 300) {
      counts.latencies.push(latency);
      counts.bytes += bytes;
      return;
    }
    counts.failed += 1;
    if (status === 503 || status === 429) counts.refusals.push(latency);
  }

  outcome(seconds: number): Outcome {
    const all = [...this.#kinds.values()];
    const kinds = [...this.#kinds].map(([name, counts]) => [name, summarise([counts], seconds)]);
    return { ...summarise(all, seconds), seconds, kinds: Object.fromEntries(kinds) };
  }
}

function summarise(parts: readonly Counts[], seconds: number): KindOutcome {
  const sort = (pick: (part: Counts) => number[]) => Float64Array.from(parts.flatMap(pick)).sort();
  const sum = (pick: (part: Counts) => number) =>
    parts.reduce((total, part) => total + pick(part), 0);
  const latencies = sort((part) => part.latencies);
  const refusals = sort((part) => part.refusals);
  return {
    n: latencies.length,
    perSecond: latencies.length / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: latencies.at(-1) ?? Number.NaN,
    bytes: sum((part) => part.bytes) / latencies.length,
    shed: refusals.length,
    shedP50: quantile(refusals, 0.5),
    shedP99: quantile(refusals, 0.99),
    failed: sum((part) => part.failed),
  };
}
