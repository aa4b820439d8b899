import { resolve } from 'node:path';
import { FEED_ENTRIES_MAX } from '../api/limits.ts';
import {
  readBlobRoots,
  readBus,
  readCacheUrl,
  readDatabaseUrl,
  readMailFrom,
  readMailUrl,
  readPublicUrl,
} from './config-addresses.ts';

export const ROLES = ['read', 'write', 'realtime', 'worker', 'edge'] as const;
export type Role = (typeof ROLES)[number];

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where people reach the server, for links and origin checks; null: whatever they asked for. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  /** null: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly replicaUrls: readonly string[];
  /** Folders of the local blob store; best each on a disk of its own. */
  readonly blobRoots: readonly string[];
  /** How many of them hold a file before it is acknowledged. */
  readonly blobCopies: number;
  /** Within the process, or over the database's NOTIFY. */
  readonly bus: 'memory' | 'postgres';
  /** Where loaded facts are kept behind each process's near memory: a Redis, `memory:`, or null: nowhere. */
  readonly cacheUrl: string | null;
  readonly roles: ReadonlySet<Role>;
  /** `smtp://` or `smtps://`, with what it takes to log in; null: mails are written to the log. */
  readonly mailUrl: string | null;
  /** Who mails are from: an address, or `Name <address>`. */
  readonly mailFrom: string;
  /** Rate limits; off for tests and benchmarks. */
  readonly limits: boolean;
  /** The most reads that are worked on at once (with lesser requests, twice as many); null: whatever comes is taken. */
  readonly overload: number | null;
  readonly logLevel: string;
  /** The master secret, or null: made once and kept in `dataDir`. */
  readonly secret: string | null;
  /** First part of every blob key. */
  readonly region: string;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** How many jobs one worker process runs at once. */
  readonly jobConcurrency: number;
  /** What reads video: a program, `wasm` or `off`; null: the machine's when it is fit, else `wasm`. */
  readonly ffmpeg: string | null;
  /** Where programs are looked for, as PATH says. */
  readonly searchPath: string;
  /** Whether pictures are made smaller as AVIF, some time after they are published. */
  readonly avif: boolean;
  /** Whether what stands between a viewer and others is kept in memory between reads. */
  readonly nearViewers: boolean;
  /** Whether finished pages of the feed are kept in memory until something in them changes. */
  readonly nearPages: boolean;
  /** Days in which every file is read once. */
  readonly scrubDays: number;
  /** Connections to the primary that one process may hold. */
  readonly dbConnections: number;
  /** Who has so many followers is pulled instead of pushed … */
  readonly fanOutPullFrom: number;
  /** … until they have fewer than this. */
  readonly fanOutPushBelow: number;
  /** Followers that one round of a fan-out looks at. */
  readonly fanOutRound: number;
  /** Entries that a home feed keeps. */
  readonly feedEntries: number;
}

/** Everything that is wrong with the settings, a sentence each. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings. `interactive`: somebody watches the terminal, who wants warnings, not every request.
 * Throws `ConfigError` that names each wrong one and says what it takes.
 */
export function readConfig(env: Env, cwd: string, interactive = false): Config {
  const problems: string[] = [];
  const take = (name: string) => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const integer = (name: string, otherwise: number, min: number, max: number) => {
    const text = take(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name}=${text} must be a whole number from ${min} to ${max}.`);
    return otherwise;
  };
  const choice = <C extends string>(name: string, choices: readonly C[], otherwise: C): C => {
    const text = take(name);
    if (text === undefined) return otherwise;
    const found = choices.find((c) => c === text);
    if (!found) problems.push(`${name}=${text} must be one of: ${choices.join(', ')}.`);
    return found ?? otherwise;
  };
  const dataDir = resolve(cwd, take('DATA_DIR') ?? 'data');
  const publicUrl = readPublicUrl(take('PUBLIC_URL'), problems);
  const blobRoots = readBlobRoots(take('BLOBS_URL'), cwd, dataDir, problems);
  const config: Config = {
    port: integer('PORT', 3000, 0, 65_535),
    host: take('HOST') ?? '0.0.0.0',
    publicUrl,
    dataDir,
    databaseUrl: readDatabaseUrl('DATABASE_URL', take('DATABASE_URL'), problems),
    replicaUrls: (take('REPLICA_URLS')?.split(',') ?? [])
      .map((url) => readDatabaseUrl('REPLICA_URLS', url.trim(), problems))
      .filter((url) => url !== null),
    blobRoots,
    blobCopies: integer('BLOBS_COPIES', Math.min(2, blobRoots.length), 1, 16),
    bus: readBus(take('BUS_URL'), take('DATABASE_URL'), problems),
    cacheUrl: readCacheUrl(take('CACHE_URL'), problems),
    roles: readRoles(take('ROLES'), problems),
    mailUrl: readMailUrl(take('MAIL_URL'), problems),
    mailFrom: readMailFrom(take('MAIL_FROM'), publicUrl, problems),
    limits: choice('LIMITS', ['on', 'off'], 'on') === 'on',
    overload: readOverload(take('OVERLOAD'), problems),
    logLevel: choice('LOG_LEVEL', LOG_LEVELS, interactive ? 'warn' : 'info'),
    secret: readSecret(take('APERTO_SECRET'), problems),
    region: readRegion(take('REGION'), problems),
    trustedProxies:
      take('TRUSTED_PROXIES')
        ?.split(',')
        .map((p) => p.trim()) ?? [],
    jobConcurrency: integer('JOB_CONCURRENCY', 4, 1, 64),
    ffmpeg: readFfmpeg(take('FFMPEG'), cwd),
    searchPath: take('PATH') ?? '/usr/local/bin:/usr/bin:/bin',
    avif: choice('AVIF', ['on', 'off'], 'on') === 'on',
    nearViewers: choice('NEAR_VIEWERS', ['on', 'off'], 'on') === 'on',
    nearPages: choice('NEAR_PAGES', ['on', 'off'], 'on') === 'on',
    scrubDays: integer('SCRUB_DAYS', 7, 1, 365),
    dbConnections: integer('DB_CONNECTIONS', 10, 2, 200),
    fanOutPullFrom: integer('FANOUT_PULL_FROM', 10_000, 1, 1_000_000_000),
    fanOutPushBelow: integer('FANOUT_PUSH_BELOW', 9_000, 1, 1_000_000_000),
    fanOutRound: integer('FANOUT_ROUND', 10_000, 1, 100_000),
    feedEntries: integer('FEED_ENTRIES', FEED_ENTRIES_MAX, 1, FEED_ENTRIES_MAX),
  };
  refuseMixtures(config, env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function readRoles(text: string | undefined, problems: string[]): ReadonlySet<Role> {
  if (text === undefined || text === 'all') return new Set(ROLES);
  const roles = new Set<Role>();
  for (const name of text.split(',').map((part) => part.trim())) {
    const role = ROLES.find((r) => r === name);
    if (role) roles.add(role);
    else problems.push(`ROLES names ${name}, which is not one of: all, ${ROLES.join(', ')}.`);
  }
  return roles;
}

function readSecret(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  if (text.length >= 32) return text;
  problems.push('APERTO_SECRET must have at least 32 characters. Try: openssl rand -hex 32');
  return null;
}

/** More at once than this gain nothing: each waits for the same processor and the same database. */
const WORK_AT_ONCE_MAX = 500;

function readOverload(text: string | undefined, problems: string[]): number | null {
  if (text === undefined || text === 'on') return WORK_AT_ONCE_MAX;
  if (text === 'off') return null;
  const bound = Number(text);
  if (Number.isInteger(bound) && bound >= 1 && bound <= 100_000) return bound;
  problems.push(
    `OVERLOAD=${text} must be on, off, or how many requests may be worked on at once (1 to 100000).`,
  );
  return WORK_AT_ONCE_MAX;
}

function readFfmpeg(text: string | undefined, cwd: string): string | null {
  if (text === undefined || text === 'off' || text === 'wasm') return text ?? null;
  return text.includes('/') ? resolve(cwd, text) : text;
}

function readRegion(text: string | undefined, problems: string[]): string {
  if (text === undefined) return 'local';
  // These names mean something else in the folder of the files.
  const taken = ['tmp', 'objects', 'parts', 'removed'].includes(text);
  if (/^[a-z0-9-]{1,32}$/.test(text) && !taken) return text;
  problems.push(
    `REGION=${text} must be up to 32 small letters, digits and hyphens, and not tmp, objects, parts or removed.`,
  );
  return 'local';
}

/** Settings that are each right and together silently wrong. */
function refuseMixtures(config: Config, env: Env, problems: string[]): void {
  const all = config.roles.size === ROLES.length;
  if (!all && config.databaseUrl === null) {
    problems.push(
      'ROLES names a part of the roles, but the embedded database belongs to one process. Set DATABASE_URL, or ROLES=all.',
    );
  }
  if (!all && config.secret === null) {
    problems.push('ROLES names a part of the roles: set the same APERTO_SECRET for every process.');
  }
  if (!all && config.bus === 'memory') {
    problems.push(
      'BUS_URL=memory: reaches only its own process, but ROLES names a part of the roles. Set BUS_URL=postgres:.',
    );
  }
  if (config.blobCopies > config.blobRoots.length) {
    problems.push(
      `BLOBS_COPIES=${config.blobCopies} needs as many folders, but BLOBS_URL names ${config.blobRoots.length}.`,
    );
  }
  if (config.fanOutPushBelow > config.fanOutPullFrom) {
    problems.push(
      `FANOUT_PUSH_BELOW=${config.fanOutPushBelow} must not be above FANOUT_PULL_FROM=${config.fanOutPullFrom}.`,
    );
  }
  if (config.mailUrl !== null && config.publicUrl === null) {
    problems.push('MAIL_URL needs PUBLIC_URL: the links in mails begin with it.');
  }
  if (config.databaseUrl === null && config.replicaUrls.length > 0) {
    problems.push('REPLICA_URLS needs DATABASE_URL: the embedded database has no replicas.');
  }
  if (config.cacheUrl?.startsWith('redis') && config.bus === 'memory') {
    problems.push(
      'CACHE_URL names a cache that processes share, but with BUS_URL=memory: they do not hear what changes. Set BUS_URL=postgres:.',
    );
  }
  for (const name of ['EVENTS_URL', 'SEARCH_URL']) {
    if (env[name] !== undefined) {
      problems.push(`${name} is not a setting of this version. Remove it.`);
    }
  }
}
