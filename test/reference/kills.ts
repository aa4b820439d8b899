/** Workers in processes of their own, on the real queue, that are killed in the middle of what they do. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SpawnedServer, spawnServer } from '../server.ts';
import { until } from '../within.ts';
import { lifeAlone } from './commands.ts';
import { IGNORED } from './kept-jobs.ts';
import { demandSame } from './looks.ts';
import { Stage } from './stage.ts';
import { dice } from './steps.ts';
import { newTally, type Tally } from './work.ts';
import { World } from './world.ts';

const PEOPLE = 10;
/** What is tried again after a kill waits a little. */
const DRAINED_MS = 90_000;

export interface Killing {
  /** A worker each, killed before its turn is over, but for the last one. */
  readonly rounds: number;
  /** Commands of one round. */
  readonly commands: number;
  readonly seed: number;
}

export interface Killed {
  readonly tally: Tally;
  /** Feeds that were right only after memory was cleared: the killed worker had no time to tell of them. */
  readonly late: number;
}

/** Throws at the first leak, and at the first feed that is not the reference's when all is done. */
export async function exploreKills({ rounds, commands, seed }: Killing): Promise<Killed> {
  const tally = newTally();
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-reference-worker-'));
  const stage = await Stage.open(seed, true);
  const fate = dice(seed);
  let late = 0;
  try {
    const world = await World.open(stage, PEOPLE);
    for (let round = 1; round <= rounds; round += 1) {
      const worker = await startWorker(stage, dataDir);
      const last = round === rounds;
      const end = last ? commands : fate.next().value % commands;
      for (const [nr, command] of lifeAlone(commands, seed + round, tally).entries()) {
        if (nr === end && !last) await kill(stage, worker, tally);
        await command.run({}, world);
      }
      if (!last) continue;
      await untilDrained(stage);
      for (const one of stage.processes) world.wrote(one);
      late += await compare(world, seed);
      await worker.end('SIGTERM');
    }
  } finally {
    await stage.close();
    await rm(dataDir, { recursive: true, force: true });
  }
  return { tally, late };
}

function startWorker(stage: Stage, dataDir: string): Promise<SpawnedServer> {
  const settings = {
    ...stage.settings,
    DATABASE_URL: stage.database.url,
    APERTO_SECRET: 'a secret of the reference, and of nobody else',
    ROLES: 'worker',
    BUS_URL: 'postgres:',
    FFMPEG: 'off',
  };
  return spawnServer({ dataDir, settings });
}

async function kill(stage: Stage, worker: SpawnedServer, tally: Tally): Promise<void> {
  assert.equal(await worker.end('SIGKILL'), 'SIGKILL');
  tally.kills += 1;
  // The next worker need not wait for the lease of this one to run out.
  await stage.database.db.query(`update id_leases set until_ms = 0 where job_workers <> '{}'`);
}

/** Until nothing is left that would be done within a minute. */
async function untilDrained({ database: { db } }: Stage): Promise<void> {
  const left = async () => {
    const jobs = await db.query<{ task: string; dead: boolean; last_error: string | null }>(
      `select task_identifier as task, attempts >= max_attempts as dead, last_error
       from graphile_worker.jobs
       where task_identifier <> all($1::text[]) and run_at < now() + interval '1 minute'
         -- Without a key it was overtaken by a newer one of its key.
         and (key is not null or attempts < max_attempts)
       order by id`,
      [[...IGNORED]],
    );
    const dead = jobs.find((job) => job.dead);
    if (dead) throw new Error(`${dead.task} was given up: ${dead.last_error}`);
    const [waiting] = await db.query<{ events: number }>(
      `select (select count(*) from post_events where state = 0)::int
         + (select count(*) from person_events where state = 0)::int as events`,
    );
    return jobs.length === 0 && waiting?.events === 0;
  };
  await until(left, 'all jobs are done', DRAINED_MS);
}

async function compare(world: World, seed: number): Promise<number> {
  try {
    await demandSame(world, seed);
    return 0;
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error;
  }
  for (const process of world.stage.processes) process.forget();
  await demandSame(world, seed);
  return 1;
}
