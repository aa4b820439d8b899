/**
 * Which PostgreSQL driver: CPU of the Node process per operation and throughput, for the kinds of
 * statement that the server runs. Rounds of the rivals alternate, so that a noisy machine hits all
 * alike; read the ratios, not the bare times.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import postgres from 'postgres';
import type { Param } from '../server/ports/db/db.ts';
import { openEmbedded } from '../server/ports/db/embedded.ts';
import { socketUrl } from '../server/ports/db/embedded-cluster.ts';
import { openPostgres } from '../server/ports/db/postgres.ts';

const CONNECTIONS = 10;
const ROUND_MS = Number(process.argv.includes('--quick') ? 100 : 400);
const ROUNDS = 3;
const PEOPLE = 20_000;

type Rows = readonly object[];
type Query = (text: string, params: readonly unknown[]) => Promise<Rows>;
interface Rival {
  name: string;
  query: Query;
  transaction(work: (query: Query) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** One name a text, as the port does it. */
function naming(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    let name = names.get(text);
    if (name === undefined) {
      name = `s${names.size}`;
      names.set(text, name);
    }
    return name;
  };
}

/** pg-pool: one statement at a time on a connection. */
function pooled(host: string): Rival {
  const pool = new pg.Pool({ host, user: 'aperto', database: 'postgres', max: CONNECTIONS });
  const nameOf = naming();
  return {
    name: 'pg, pool',
    query: async (text, values) =>
      (await pool.query({ name: nameOf(text), text, values: values as unknown[] })).rows,
    async transaction(work) {
      const client = await pool.connect();
      let last: Promise<unknown> = client.query('begin');
      await work((text, values) => {
        const config = { name: nameOf(text), text, values: values as unknown[] };
        const ran = last.then(async () => (await client.query(config)).rows);
        last = ran;
        return ran;
      });
      await client.query('commit');
      client.release();
    },
    close: () => pool.end(),
  };
}

/** pg with `pipeline: true`: single statements share `shared` connections, transactions use a pool. */
function pipelined(host: string, shared: number): Rival {
  const options = { host, user: 'aperto', database: 'postgres', pipeline: true };
  const pool = new pg.Pool({ ...options, max: CONNECTIONS - shared });
  const nameOf = naming();
  const lanes = Array.from({ length: shared }, () => {
    const client = new pg.Client(options);
    return { client, ready: client.connect(), running: 0 };
  });
  const query: Query = async (text, values) => {
    let lane = lanes[0];
    for (const other of lanes) if (lane === undefined || other.running < lane.running) lane = other;
    if (lane === undefined) throw new Error('no lane');
    lane.running += 1;
    try {
      await lane.ready;
      const config = { name: nameOf(text), text, values: values as unknown[] };
      return (await lane.client.query(config)).rows;
    } finally {
      lane.running -= 1;
    }
  };
  return {
    name: `pg, pipeline ${shared}+${CONNECTIONS - shared}`,
    query,
    async transaction(work) {
      const client = await pool.connect();
      const own: Query = async (text, values) =>
        (await client.query({ name: nameOf(text), text, values: values as unknown[] })).rows;
      const begun = client.query('begin');
      const worked = work(own);
      await begun;
      await worked;
      await client.query('commit');
      client.release();
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.client.end()));
      await pool.end();
    },
  };
}

/** What the server runs on, with all that it adds to the driver. */
function port(url: string): Rival {
  const db = openPostgres({
    url,
    maxConnections: CONNECTIONS,
    applicationName: 'bench',
    statementTimeoutMs: 10_000,
    log: console,
  });
  return {
    name: 'the port',
    query: (text, params) => db.query(text, params as Param[]),
    transaction: (work) =>
      db.transaction((tx) => work((text, params) => tx.query(text, params as Param[]))),
    close: () => db.close(),
  };
}

/** postgres.js: pipelines by itself once every connection is busy. */
function porsager(host: string): Rival {
  const sql = postgres({
    host: `${host}/.s.PGSQL.5432`,
    path: `${host}/.s.PGSQL.5432`,
    user: 'aperto',
    database: 'postgres',
    max: CONNECTIONS,
  });
  const on =
    (where: postgres.Sql | postgres.TransactionSql): Query =>
    (text, params) =>
      where.unsafe(text, params as never[], { prepare: true });
  return {
    name: 'postgres.js',
    query: on(sql),
    transaction: async (work) => void (await sql.begin((tx) => work(on(tx)))),
    close: () => sql.end(),
  };
}

const schema = `
  create table people (id int8 primary key, name text not null, bio text not null, created_at timestamptz not null default now(), settings jsonb not null default '{"theme":"dark"}', posts int4 not null default 0);
  create table feed (person_id int8, post_id int8, author_id int8 not null, at timestamptz not null default now(), primary key (person_id, post_id));
  create table likes (post_id int8, person_id int8, at timestamptz not null default now(), primary key (post_id, person_id));
  create table outbox (key int8, seq int8, event jsonb not null, primary key (key, seq));
  create unlogged table bulk (person_id int8, post_id int8, author_id int8 not null, at timestamptz not null, primary key (person_id, post_id));
  insert into people (id, name, bio) select i, 'person' || i, repeat('words of a person ', 6) from generate_series(1, ${PEOPLE}) i;
  insert into feed (person_id, post_id, author_id) select i % 500, i, i % 997 from generate_series(1, 100000) i;
  analyze;
`;

let next = 1_000_000;
const someone = () => String(1 + Math.floor(Math.random() * PEOPLE));

type Kind = { name: string; run(rival: Rival): Promise<unknown> };
const kinds: Kind[] = [
  {
    name: 'row by id',
    run: (r) => r.query('select * from people where id = $1', [someone()]),
  },
  {
    name: '20 rows by any($1)',
    run: (r) =>
      r.query('select * from people where id = any($1::int8[])', [
        Array.from({ length: 20 }, someone),
      ]),
  },
  {
    name: 'feed page',
    run: (r) =>
      r.query(
        'select post_id, author_id, at from feed where person_id = $1 and post_id < $2 order by post_id desc limit 20',
        [String(Math.floor(Math.random() * 500)), '90000'],
      ),
  },
  {
    name: 'write transaction',
    run: (r) => {
      next += 1;
      const post = String(next);
      return r.transaction(async (query) => {
        await Promise.all([
          query('update people set posts = posts + 1 where id = $1 returning posts', [someone()]),
          query('insert into likes (post_id, person_id) values ($1, $2)', [post, someone()]),
          query('insert into outbox (key, seq, event) values ($1, $2, $3)', [
            post,
            1,
            { kind: 'liked', post },
          ]),
        ]);
      });
    },
  },
  {
    name: 'unnest of 1,000',
    run: (r) => {
      next += 1;
      const post = String(next);
      // postgres.js takes a list of Dates for one timestamptz, so text for all.
      const at = new Date().toISOString();
      const people = Array.from({ length: 1000 }, (_, i) => String(i));
      return r.query(
        'insert into bulk (person_id, post_id, author_id, at) select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::timestamptz[])',
        [people, people.map(() => post), people, people.map(() => at)],
      );
    },
  },
];

interface Measure {
  operations: number;
  cpuMicros: number;
  seconds: number;
}

async function measure(rival: Rival, kind: Kind, concurrency: number): Promise<Measure> {
  let operations = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + ROUND_MS;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        await kind.run(rival);
        operations += 1;
      }
    }),
  );
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - start) / 1000;
  return { operations, cpuMicros: used.user + used.system, seconds };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function compare(rivals: Rival[], kind: Kind, concurrency: number) {
  const rounds = new Map<Rival, Measure[]>(rivals.map((rival) => [rival, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [rival, measures] of rounds) measures.push(await measure(rival, kind, concurrency));
  }
  for (const [rival, measures] of rounds) {
    const cpu = median(measures.map((m) => m.cpuMicros / m.operations));
    const rate = median(measures.map((m) => m.operations / m.seconds));
    console.log(
      `${kind.name.padEnd(20)} ${String(concurrency).padStart(3)}  ${rival.name.padEnd(18)} ${cpu.toFixed(1).padStart(8)} µs CPU  ${rate.toFixed(0).padStart(7)}/s`,
    );
  }
}

/** Measures every rival; takes about two minutes. */
export async function run(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-bench-'));
  const log = { ...console, info() {} };
  const server = await openEmbedded({ dataDir, log });
  const rivals = [
    pooled(server.host),
    pipelined(server.host, 3),
    port(socketUrl(server.host, 'postgres')),
    porsager(server.host),
  ];
  try {
    for (const statement of schema.split(';').slice(0, -1)) await rivals[0]?.query(statement, []);
    for (const rival of rivals) for (const kind of kinds) await kind.run(rival);
    console.log(
      `node ${process.version}, ${CONNECTIONS} connections, unix socket, ${ROUNDS} rounds of ${ROUND_MS} ms, medians`,
    );
    for (const kind of kinds) for (const n of [1, 16, 64]) await compare(rivals, kind, n);
  } finally {
    await Promise.all(rivals.map((rival) => rival.close()));
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}

if (import.meta.main) await run();
