/**
 * What a job costs: adding it inside a writing transaction, from commit to start, and running it.
 * Then the whole way of an event (outbox, wake-up by key, drain in order), counting what is lost.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db, Queryable } from '../server/ports/db/db.ts';
import { openEmbedded } from '../server/ports/db/embedded.ts';
import { socketUrl } from '../server/ports/db/embedded-cluster.ts';
import { openPostgres } from '../server/ports/db/postgres.ts';
import { type Costs, costing } from './cpu.ts';

const LATENCIES = 200;
const ADD_MS = 1500;
const JOBS = 3000;
const EVENTS = 3000;
/** Jobs that a library runs at once. */
export const CONCURRENCY = 10;

export interface Library {
  readonly name: string;
  /** Adds a job with this payload; false when the library says that it added none. */
  add(q: Queryable, text: string, key?: string): Promise<boolean>;
  /** Adds a job for each key, which is its payload as well, in one statement. */
  wake?(q: Queryable, keys: readonly string[]): Promise<void>;
  work(handle: (text: string) => Promise<void>): Promise<{ stop(): Promise<unknown> }>;
  /** Forgets all jobs. */
  clear(db: Db): Promise<void>;
  /** How many jobs wait or run. */
  pending(db: Db): Promise<number>;
}

const schema = `
  create table counts (id int8 primary key, n int8 not null default 0);
  insert into counts select i from generate_series(0, 9999) i;
  create table likes (post_id int8, person_id int8, primary key (post_id, person_id));
  create table outbox (key int8, seq int8, event jsonb not null, primary key (key, seq));
  create table positions (consumer text, key int8, seq int8 not null default 0, primary key (consumer, key));
`;

function tell(what: string, n: number, { seconds, nodeMicros, postgresMicros }: Costs): void {
  const each = (micros: number) => `${(micros / n).toFixed(0)} µs`;
  console.log(
    `${what}: n ${n}, ${(n / seconds).toFixed(0)}/s, CPU each: node ${each(nodeMicros)}, postgres ${each(postgresMicros)}`,
  );
}

async function together(times: number, work: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: times }, work));
}

let next = 0;
type AddJob = (q: Queryable) => Promise<unknown>;

/** The three writes of a like, with or without a job. */
async function like(db: Db, addJob?: AddJob): Promise<void> {
  next += 1;
  const post = String(next);
  const person = String(next % 10_000);
  await db.transaction((tx) =>
    Promise.all([
      tx.query('update counts set n = n + 1 where id = $1', [person]),
      tx.query('insert into likes values ($1, $2)', [post, person]),
      tx.query('insert into outbox values ($1, 1, $2)', [`-${post}`, { kind: 'liked' }]),
      addJob?.(tx),
    ]),
  );
}

async function adding(library: Library, db: Db, postmaster: number): Promise<void> {
  const kinds: [string, AddJob | undefined][] = [
    ['like without a job', undefined],
    ['like + NOTIFY', (q) => q.query(`select pg_notify('nobody', '')`)],
    ['like + job', (q) => library.add(q, 'x')],
    ['like + job, own key', (q) => library.add(q, 'x', `own:${next}`)],
    ['like + job, one of 1,000 keys', (q) => library.add(q, 'x', `shared:${next % 1000}`)],
  ];
  for (const [name, addJob] of kinds) {
    let n = 0;
    const costs = await costing(postmaster, () => {
      const end = performance.now() + ADD_MS;
      return together(16, async () => {
        while (performance.now() < end) {
          await like(db, addJob);
          n += 1;
        }
      });
    });
    tell(`${library.name}, ${name}`, n, costs);
    await library.clear(db);
  }
}

async function untilEmpty(library: Library, db: Db): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    quiet = (await library.pending(db)) === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function latency(library: Library, db: Db): Promise<void> {
  let started: (at: number) => void = () => {};
  const worker = await library.work(async () => started(performance.now()));
  await untilEmpty(library, db);
  const waits: number[] = [];
  for (let i = 0; i < LATENCIES; i += 1) {
    const start = new Promise<number>((resolve) => {
      started = resolve;
    });
    await db.transaction((tx) => library.add(tx, 'x'));
    const committed = performance.now();
    waits.push((await start) - committed);
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20));
  }
  await worker.stop();
  waits.sort((a, b) => a - b);
  const at = (part: number) => waits[Math.floor(waits.length * part)]?.toFixed(1);
  console.log(
    `${library.name}, commit to start when idle: n ${LATENCIES}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
}

async function throughput(library: Library, db: Db, postmaster: number): Promise<void> {
  await db.transaction(async (tx) => {
    for (let i = 0; i < JOBS; i += 1) await library.add(tx, 'x');
  });
  const costs = await costing(postmaster, async () => {
    let done = 0;
    const all = Promise.withResolvers<void>();
    const worker = await library.work(async () => {
      done += 1;
      if (done === JOBS) all.resolve();
    });
    await all.promise;
    await worker.stop();
  });
  tell(`${library.name}, trivial jobs, ${CONCURRENCY} at once`, JOBS, costs);
}

/** Handles what a key's outbox holds past its position, and says how many events, and how many in wrong order. */
async function drain(db: Db, key: string): Promise<{ handled: number; wrong: number }> {
  return db.transaction(async (tx) => {
    const [position] = await tx.query<{ seq: string }>(
      `insert into positions values ('feed', $1, 0) on conflict (consumer, key)
       do update set seq = positions.seq returning seq`,
      [key],
    );
    const before = Number(position?.seq);
    const rows = await tx.query<{ seq: string }>(
      'select seq from outbox where key = $1 and seq > $2 order by seq',
      [key, String(before)],
    );
    const wrong = rows.filter(({ seq }, i) => Number(seq) !== before + 1 + i).length;
    const move = `update positions set seq = $2 where consumer = 'feed' and key = $1`;
    if (rows.length > 0) await tx.query(move, [key, String(before + rows.length)]);
    return { handled: rows.length, wrong };
  });
}

/** Writes an event; with `wake` in the same transaction. */
async function writeEvent(db: Db, key: string, wake?: AddJob): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.query<{ n: string }>(
      'insert into counts values ($1, 1) on conflict (id) do update set n = counts.n + 1 returning n',
      [key],
    );
    const event = [key, row?.n ?? '', { kind: 'liked' }] as const;
    await Promise.all([tx.query('insert into outbox values ($1, $2, $3)', event), wake?.(tx)]);
  });
}

/** Collects keys and wakes them all at once, one statement at a time. */
class Waker {
  readonly #wake: (keys: readonly string[]) => Promise<void>;
  #keys = new Set<string>();
  #running = false;

  constructor(wake: (keys: readonly string[]) => Promise<void>) {
    this.#wake = wake;
  }

  async soon(key: string): Promise<void> {
    this.#keys.add(key);
    if (this.#running) return;
    this.#running = true;
    while (this.#keys.size > 0) {
      const keys = [...this.#keys];
      this.#keys = new Set();
      await this.#wake(keys);
    }
    this.#running = false;
  }
}

type When = 'in the transaction' | 'after the commit';

/** Events of `keys` keys as fast as they can be written, each with a wake-up, drained in order. */
async function events(library: Library, db: Db, postmaster: number, when: When, keys: number) {
  let [refused, wrong, handled, written] = [0, 0, 0, 0];
  const worker = await library.work(async (key) => {
    const drained = await drain(db, key);
    handled += drained.handled;
    wrong += drained.wrong;
  });
  const waker = new Waker(async (woken) => library.wake?.(db, woken));
  const costs = await costing(postmaster, async () => {
    await together(16, async () => {
      while (written < EVENTS) {
        written += 1;
        const key = String(20_000 + Math.floor(Math.random() * keys));
        if (when === 'after the commit') {
          await writeEvent(db, key);
          void waker.soon(key);
        } else {
          await writeEvent(db, key, async (tx) => {
            if (!(await library.add(tx, key, key))) refused += 1;
          });
        }
      }
    });
    await untilEmpty(library, db);
  });
  await worker.stop();
  tell(`${library.name}, events of ${keys} keys, wake-ups ${when}`, written, costs);
  const lost = written - handled;
  console.log(`  out of order ${wrong}, never handled ${lost}, wake-ups not taken ${refused}`);
  await db.script('truncate outbox, positions; delete from counts where id >= 20000');
}

/** All measurements of one library, in a database of its own that `prepare` gives the library's tables. */
export async function measure(
  make: (url: string, db: Db) => Promise<readonly Library[]>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-bench-'));
  const server = await openEmbedded({ dataDir, log: { ...console, info() {}, warn() {} } });
  const url = socketUrl(server.host, 'postgres');
  const db = openPostgres({
    url,
    maxConnections: 20,
    applicationName: 'bench',
    statementTimeoutMs: 60_000,
    log: { warn() {} },
  });
  try {
    await db.script(schema);
    const libraries = await make(url, db);
    for (const [i, library] of libraries.entries()) {
      if (i === 0) await adding(library, db, server.pid);
      await latency(library, db);
      await throughput(library, db, server.pid);
      await db.script('truncate outbox, positions');
      for (const keys of [20, 5000]) {
        await events(library, db, server.pid, 'in the transaction', keys);
        if (library.wake) await events(library, db, server.pid, 'after the commit', keys);
      }
    }
  } finally {
    await db.close();
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}
