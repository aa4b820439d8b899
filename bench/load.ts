/**
 * Load in a process of its own. Closed loop: each connection sends its next request when it has the
 * answer, which finds the capacity. Open loop: requests are due at a fixed rate whatever the server
 * does, and latency counts from when each was due, so that a stall is seen by all that it held up. They
 * are due on whole milliseconds, because that is how finely timers run, and spinning would take CPU away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuOf } from './cpu.ts';
import { Connection } from './http-connection.ts';
import { type KindPlan, Mix, oneKind, type RequestWish, type Wish } from './load-mix.ts';
import { type KindOutcome, type Outcome, Tally } from './load-tally.ts';
import { type Process, startProcess } from './process.ts';

export type { KindPlan, RequestWish } from './load-mix.ts';
export type { KindOutcome, Outcome };

export interface Plan {
  readonly address: string;
  /** They take turns. */
  readonly requests: readonly RequestWish[];
  /** In their place: requests of several kinds. */
  readonly kinds?: readonly KindPlan[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; null is a closed loop. */
  readonly rate: number | null;
}

export interface Load {
  run(plan: Plan): Promise<Outcome>;
  /** CPU that the generator has used, in milliseconds. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Starts a generator. */
export async function startLoad(): Promise<Load> {
  const generator: Process = await startProcess(
    import.meta.filename,
    { ROLE: 'load' },
    /^(ready)$/,
  );
  return {
    run: (plan) =>
      new Promise((resolve, reject) => {
        generator.child.once('message', (answer: Outcome | { error: string }) => {
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer);
        });
        generator.child.send(plan);
      }),
    cpu: () => cpuOf(generator.pid),
    stop: () => generator.stop(),
  };
}

async function runPlan(plan: Plan): Promise<Outcome> {
  const address = new URL(plan.address);
  const mix = new Mix(plan.kinds ?? oneKind(plan.requests), address.host);
  const lines = await Promise.all(
    Array.from({ length: plan.connections }, () => Line.open(address)),
  );
  const tally = new Tally(mix.names);
  const start = performance.now();
  const end = start + plan.seconds * 1000;
  if (plan.rate === null) await closedLoop(lines, mix, end, tally);
  else await openLoop(lines, mix, { start, end, rate: plan.rate }, tally);
  const seconds = (performance.now() - start) / 1000;
  for (const line of lines) line.close();
  return tally.outcome(seconds);
}

/** A connection that is opened anew when the server has closed it. */
class Line {
  readonly #address: URL;
  #connection: Connection;

  private constructor(address: URL, connection: Connection) {
    this.#address = address;
    this.#connection = connection;
  }

  static async open(address: URL): Promise<Line> {
    return new Line(address, await Connection.open(address));
  }

  async send(wish: Wish, due: number, tally: Tally): Promise<void> {
    try {
      const { status, bytes } = await this.#connection.send(wish.text);
      tally.add(wish.kind, status, performance.now() - due, bytes);
    } catch {
      // The kind of fault does not matter here; that there was one is counted.
      tally.add(wish.kind, 0, performance.now() - due, 0);
      this.#connection.close();
      this.#connection = await Connection.open(this.#address);
    }
  }

  close(): void {
    this.#connection.close();
  }
}

async function closedLoop(
  lines: readonly Line[],
  mix: Mix,
  end: number,
  tally: Tally,
): Promise<void> {
  await Promise.all(
    lines.map(async (line) => {
      while (performance.now() < end) await line.send(mix.next(), performance.now(), tally);
    }),
  );
}

async function openLoop(
  lines: readonly Line[],
  mix: Mix,
  { start, end, rate }: { start: number; end: number; rate: number },
  tally: Tally,
): Promise<void> {
  const free = [...lines];
  const waiting: number[] = [];
  let firstWaiting = 0;
  const running = new Set<Promise<void>>();
  const dueAt = (nth: number) => start + Math.ceil((nth * 1000) / rate);
  let sent = 0;
  const begin = (line: Line, due: number) => {
    const work = line.send(mix.next(), due, tally).then(() => {
      running.delete(work);
      const late = waiting[firstWaiting];
      if (late === undefined) free.push(line);
      else {
        firstWaiting += 1;
        begin(line, late);
      }
    });
    running.add(work);
  };
  for (let now = performance.now(); now < end; now = performance.now()) {
    for (let due = dueAt(sent); due <= now; due = dueAt(sent)) {
      sent += 1;
      const line = free.pop();
      if (line) begin(line, due);
      else waiting.push(due);
    }
    await pause(1);
  }
  while (running.size > 0) await Promise.all(running);
}

if (import.meta.main) {
  process.on('message', (plan: Plan) => {
    runPlan(plan).then(
      (outcome) => process.send?.(outcome),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  console.log('ready');
}
