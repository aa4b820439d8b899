/**
 * Load in a process of its own. Closed loop: each connection sends its next request when it has the
 * answer, which finds the capacity. Open loop: requests are due at a fixed rate whatever the server
 * does, and latency counts from when each was due, so that a stall is seen by all that it held up. They
 * are due on whole milliseconds, because that is how finely timers run, and spinning would take CPU away.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { cpuOf } from './cpu.ts';
import { Connection } from './http-connection.ts';
import { type Process, startProcess } from './process.ts';
import { quantile } from './table.ts';

export interface Plan {
  readonly address: string;
  /** Path and headers of each request; they take turns. */
  readonly requests: readonly {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; null is a closed loop. */
  readonly rate: number | null;
}

export interface Outcome {
  /** Answers that came, all of them 200, or 206 for a part. */
  readonly n: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Of a body, on average. */
  readonly bytes: number;
  /** Requests that failed or were answered otherwise. */
  readonly failed: number;
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

interface Tally {
  readonly latencies: number[];
  bytes: number;
  failed: number;
}

async function runPlan(plan: Plan): Promise<Outcome> {
  const address = new URL(plan.address);
  const heads = plan.requests.map(({ path, headers }) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `GET ${path} HTTP/1.1\r\nhost: ${address.host}\r\n${lines.join('')}\r\n`;
  });
  const connections = await Promise.all(
    Array.from({ length: plan.connections }, () => Connection.open(address)),
  );
  const tally: Tally = { latencies: [], bytes: 0, failed: 0 };
  const start = performance.now();
  const end = start + plan.seconds * 1000;
  if (plan.rate === null) await closedLoop(connections, heads, end, tally);
  else await openLoop(connections, heads, { start, end, rate: plan.rate }, tally);
  const seconds = (performance.now() - start) / 1000;
  for (const connection of connections) connection.close();
  const sorted = Float64Array.from(tally.latencies).sort();
  return {
    n: sorted.length,
    seconds,
    perSecond: sorted.length / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
    bytes: tally.bytes / sorted.length,
    failed: tally.failed,
  };
}

async function request(
  connection: Connection,
  head: string,
  due: number,
  tally: Tally,
): Promise<void> {
  const { status, bytes } = await connection.send(head);
  if (status !== 200 && status !== 206) {
    tally.failed += 1;
    return;
  }
  tally.latencies.push(performance.now() - due);
  tally.bytes += bytes;
}

async function closedLoop(
  connections: readonly Connection[],
  heads: readonly string[],
  end: number,
  tally: Tally,
): Promise<void> {
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end) {
        const head = heads[next++ % heads.length] ?? '';
        await request(connection, head, performance.now(), tally);
      }
    }),
  );
}

async function openLoop(
  connections: readonly Connection[],
  heads: readonly string[],
  { start, end, rate }: { start: number; end: number; rate: number },
  tally: Tally,
): Promise<void> {
  const free = [...connections];
  const waiting: number[] = [];
  const running = new Set<Promise<void>>();
  const dueAt = (nth: number) => start + Math.ceil((nth * 1000) / rate);
  let sent = 0;
  const begin = (connection: Connection, due: number) => {
    const head = heads[sent % heads.length] ?? '';
    const work = request(connection, head, due, tally).then(() => {
      running.delete(work);
      const late = waiting.shift();
      if (late === undefined) free.push(connection);
      else begin(connection, late);
    });
    running.add(work);
  };
  for (let now = performance.now(); now < end; now = performance.now()) {
    for (let due = dueAt(sent); due <= now; due = dueAt(sent)) {
      sent += 1;
      const connection = free.pop();
      if (connection) begin(connection, due);
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
