/** A database with two processes on it, whose time stands still until it is moved. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/kernel/clock.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { hasRedis, startRedis, type TestRedis } from '../redis.ts';
import { type HeldClock, holdClock, type Settings } from '../server.ts';
import { KeptJobs } from './kept-jobs.ts';
import { type Outside, Process } from './process.ts';
import { REFERENCE_INDEX } from './reference.ts';

/**
 * So small that everything is crossed again and again: who is merged and who is pushed, how many entries
 * are kept, how many followers are served at once. One of them by turns.
 */
const SETTINGS = [
  { FANOUT_PULL_FROM: '3', FANOUT_PUSH_BELOW: '2', FEED_ENTRIES: '6', FANOUT_ROUND: '2' },
  { FANOUT_PULL_FROM: '6', FANOUT_PUSH_BELOW: '4', FEED_ENTRIES: '10', FANOUT_ROUND: '2' },
  { FANOUT_PULL_FROM: '4', FANOUT_PUSH_BELOW: '4', FEED_ENTRIES: '3', FANOUT_ROUND: '10' },
  { FANOUT_PULL_FROM: '3', FANOUT_PUSH_BELOW: '2' },
  { FEED_ENTRIES: '5', FANOUT_ROUND: '3' },
] as const;
/** One stage of so many has a cache that its processes share, and that can be lost. */
const REDIS_EVERY = 3;

/** All runs begin at the same time, so that the same seed makes the same ids. */
const START = Date.UTC(2026, 0, 1);

interface Kind {
  readonly settings: Settings;
  readonly real: boolean;
  readonly redis: TestRedis | null;
}

export class Stage {
  readonly database: TestDatabase;
  readonly settings: Settings;
  readonly clock: HeldClock;
  readonly jobs = new KeptJobs();
  readonly processes: Process[] = [];
  readonly outside: Outside = { pages: 0, fast: 0 };
  readonly #dataDir: string;
  /** Time goes by, and jobs lie in the queue until a worker comes. */
  readonly isReal: boolean;
  readonly #redis: TestRedis | null;
  #redisIs: 'here' | 'hanging' | 'dead' = 'here';
  #opened = 0;
  #marks = 0;

  private constructor(database: TestDatabase, dataDir: string, { settings, real, redis }: Kind) {
    this.database = database;
    this.settings = settings;
    this.clock = real ? { ...systemClock, advance() {} } : holdClock(START);
    this.#dataDir = dataDir;
    this.isReal = real;
    this.#redis = redis;
  }

  /** `real`: time goes by, and jobs lie in the queue until a worker comes. */
  static async open(seed: number, real = false): Promise<Stage> {
    const database = await openTestDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'aperto-reference-'));
    const redis = hasRedis && !real && seed % REDIS_EVERY === 0 ? await startRedis() : null;
    const chosen = SETTINGS[seed % SETTINGS.length] ?? {};
    const settings = redis ? { ...chosen, CACHE_URL: redis.url } : chosen;
    const stage = new Stage(database, dataDir, { settings, real, redis });
    await database.db.query(REFERENCE_INDEX);
    for (const _ of [1, 2]) stage.processes.push(await stage.#openProcess());
    return stage;
  }

  async close(): Promise<void> {
    for (const process of this.processes) await process.close();
    await this.#redis?.stop();
    await this.database.drop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  process(which: number): Process {
    return this.processes[which % this.processes.length] as Process;
  }

  /** Ends a process in order and starts another one in its place. */
  async restart(which: number): Promise<void> {
    const place = which % this.processes.length;
    await this.process(place).close();
    this.processes[place] = await this.#openProcess();
  }

  /** What is shared in Redis dies at once, or does not answer any more. Says what became of it. */
  async loseRedis(how: 'hanging' | 'dead'): Promise<string> {
    if (!this.#redis || this.#redisIs !== 'here') return 'no Redis to lose';
    if (how === 'dead') await this.#redis.kill();
    else this.#redis.hang();
    this.#redisIs = how;
    return `Redis is ${how}`;
  }

  /** Each process uses it again when it finds out, some time later. */
  async bringRedisBack(): Promise<string> {
    if (!this.#redis || this.#redisIs === 'here') return 'Redis is not away';
    if (this.#redisIs === 'dead') await this.#redis.start();
    else this.#redis.goOn();
    this.#redisIs = 'here';
    return 'Redis is back';
  }

  /** Until `to` has heard of all that `from` has touched; `loosely`: of what changes often, too. */
  async hear(to: Process, from: Process, loosely: boolean): Promise<void> {
    this.#marks += 1;
    const mark = `mark:${this.#marks}`;
    const heard = to.hears(mark);
    if (loosely) from.ctx.db.touchLoosely(mark);
    else await from.ctx.db.transaction(async (tx) => tx.touch(mark));
    await heard;
  }

  #openProcess(): Promise<Process> {
    const { clock } = this;
    const jobs = this.isReal ? null : this.jobs;
    this.#opened += 1;
    return Process.open({
      url: this.database.url,
      dataDir: this.#dataDir,
      clock,
      jobs,
      worker: this.#opened % 1024,
      settings: this.settings,
      outside: this.outside,
    });
  }
}
