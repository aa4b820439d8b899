import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import {
  type HeldLease,
  knownJobWorkers,
  LEASE_MS,
  leaseWorker,
  noteJobWorkers,
  takeDeadJobWorkers,
} from './kernel/id-lease.ts';
import { createIdSource } from './kernel/ids.ts';
import { deriveSecrets, type Secrets } from './kernel/secrets.ts';
import { migrate } from './migrate.ts';
import { openFileBlobs } from './ports/blobs/file.ts';
import { openMemoryBus } from './ports/bus/memory.ts';
import { openPostgresBus } from './ports/bus/postgres.ts';
import type { Cache } from './ports/cache/cache.ts';
import type { Db } from './ports/db/db.ts';
import { openPostgres } from './ports/db/postgres.ts';
import { openFfmpeg } from './ports/ffmpeg/open.ts';
import { lockingWorkers, openGraphileJobs, unlockWorkers } from './ports/jobs/graphile.ts';
import { openLogMail } from './ports/mail/log.ts';
import type { Mail } from './ports/mail/mail.ts';
import { openForkedSandbox } from './ports/sandbox/forked.ts';

const CACHE_BYTES_MAX = 256_000_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** How often the jobs of processes that died are looked for. */
const RECLAIM_MS = 15_000;

/** A running server without roles: everything that the settings name, opened. */
export interface House {
  readonly ctx: Context;
  /** Closes everything in the reverse order of opening. */
  close(): Promise<void>;
}

/** Opens what the settings name: data folder, secrets, database (migrated), stores. Closes again what it opened when a step fails. */
export async function openHouse(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
): Promise<House> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        log.error({ err: error }, 'a part did not close in order');
      }
    }
  };
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    const url = config.databaseUrl ?? (await openOwnDatabase(config, log, closers));
    const secrets = deriveSecrets(config.secret ?? (await keptSecret(config.dataDir)));
    const connect = (to: string) =>
      openPostgres({
        url: to,
        maxConnections: config.dbConnections,
        applicationName: 'aperto',
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        log,
      });
    const db = connect(url);
    closers.push(() => db.close());
    const applied = await migrate(db, url);
    if (applied > 0) log.info({ applied }, 'the database was brought up to date');
    if (config.bus === 'postgres') await db.shareTouches();
    const replicaUrl = config.replicaUrls[0];
    const replica = replicaUrl ? connect(replicaUrl) : db;
    if (replica !== db) closers.push(() => replica.close());
    const lease = await leaseWorker(db, clock, log);
    closers.push(() => lease.release());
    closers.push(await reclaimDeadJobs(db, lease, clock, log, config.databaseUrl === null));
    const ctx = assemble({ config, log, clock, secrets, db, replica, lease, url });
    const full: Context = {
      ...ctx,
      bus: config.bus === 'postgres' ? await openPostgresBus({ db, log }) : openMemoryBus({ log }),
      blobs: await openBlobs(config, secrets, clock, log),
      cache: await openCache(config, clock, log),
      mail: await openMail(config, log),
      ffmpeg: await openVideo(config, clock, log),
    };
    closers.push(() => full.ffmpeg?.close());
    closers.push(() => full.mail.close());
    closers.push(() => full.cache?.close());
    closers.push(() => full.sandbox.close());
    closers.push(() => full.bus.close());
    return { ctx: full, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly db: Db;
  readonly replica: Db;
  readonly lease: HeldLease;
  readonly url: string;
}

function assemble({
  lease,
  url,
  ...parts
}: Parts): Omit<Context, 'blobs' | 'bus' | 'mail' | 'ffmpeg' | 'cache'> {
  const { db, log, clock } = parts;
  return {
    config: parts.config,
    log,
    clock,
    secrets: parts.secrets,
    db,
    replica: parts.replica,
    ids: createIdSource(lease, () => clock.millis()),
    sandbox: openForkedSandbox({ log }),
    jobs: openGraphileJobs({ url, log, onWorkers: rememberWorkers(db, lease) }),
  };
}

/** A process may run several groups of workers; all their names stand in its lease. */
function rememberWorkers(db: Db, lease: HeldLease) {
  const all: string[] = [];
  return async (names: readonly string[]) => {
    all.push(...names);
    await noteJobWorkers(db, lease, all);
  };
}

function openVideo({ ffmpeg, searchPath, dataDir }: Config, clock: Clock, log: Logger) {
  return openFfmpeg({ setting: ffmpeg, searchPath, dataDir, clock, log });
}

function openBlobs(config: Config, secrets: Secrets, clock: Clock, log: Logger) {
  return openFileBlobs({
    roots: config.blobRoots,
    copies: config.blobCopies,
    secret: secrets.uploads,
    clock,
    log,
    publicPath: '/uploads',
  });
}

async function openCache({ cacheUrl }: Config, clock: Clock, log: Logger): Promise<Cache | null> {
  if (cacheUrl === null) return null;
  if (cacheUrl === 'memory:') {
    const { openMemoryCache } = await import('./ports/cache/memory.ts');
    return openMemoryCache({ maxBytes: CACHE_BYTES_MAX, millis: () => clock.millis() });
  }
  const { openRedisCache } = await import('./ports/cache/redis.ts');
  const cache = await openRedisCache({ url: cacheUrl, log });
  // If all processes had died at once, nobody forgot what their last transactions touched.
  cache.forgetAll();
  return cache;
}

async function openMail(config: Config, log: Logger): Promise<Mail> {
  if (config.mailUrl === null) return openLogMail({ log });
  const { openSmtpMail } = await import('./ports/mail/smtp.ts');
  return openSmtpMail({ url: config.mailUrl, from: config.mailFrom });
}

async function openOwnDatabase(
  config: Config,
  log: Logger,
  closers: (() => Promise<void> | void)[],
): Promise<string> {
  // Loaded only here: a process with DATABASE_URL needs none of it.
  const { openEmbedded } = await import('./ports/db/embedded.ts');
  const embedded = await openEmbedded({ dataDir: config.dataDir, log });
  closers.push(() => embedded.stop());
  return embedded.url;
}

/** The master secret of this data folder; made, durably, at the first start. */
async function keptSecret(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'secrets');
  const file = join(folder, 'master.key');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text.length < 32)
      throw new Error(`${file} is damaged: it must hold at least 32 characters`);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32).toString('hex');
  const handle = await open(`${file}.new`, 'w', 0o600);
  await handle.writeFile(`${secret}\n`);
  await handle.sync();
  await handle.close();
  await rename(`${file}.new`, file);
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
  return secret;
}

/** Jobs that a dead process was running are free again: at once when this process is alone, else when its lease ends. */
async function reclaimDeadJobs(
  db: Db,
  lease: HeldLease,
  clock: Clock,
  log: Logger,
  alone: boolean,
): Promise<() => void> {
  const reclaim = async (evenFresh: boolean) => {
    const dead = await takeDeadJobWorkers(db, lease, clock, evenFresh);
    // A process that died before it could note the names of its workers, or while it freed those of another.
    const known = await knownJobWorkers(db);
    const holders = await lockingWorkers(db, evenFresh ? 0 : 2 * LEASE_MS);
    const strays = holders.filter((name) => !known.has(name));
    const names = [...new Set([...dead, ...strays])];
    if (names.length > 0) log.info({ workers: names.length }, 'freed the jobs of a dead process');
    await unlockWorkers(db, names);
  };
  await reclaim(alone);
  const timer = setInterval(() => {
    reclaim(false).catch((error) => log.warn({ err: error }, 'could not look for dead processes'));
  }, RECLAIM_MS);
  timer.unref();
  return () => clearInterval(timer);
}
