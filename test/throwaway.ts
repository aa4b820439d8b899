import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../server/migrate.ts';
import { openEmbedded } from '../server/ports/db/embedded.ts';
import { socketUrl } from '../server/ports/db/embedded-cluster.ts';
import { openPostgres } from '../server/ports/db/postgres.ts';

/** The database that every test database is a copy of. */
export const template = 'aperto_template';

/** A PostgreSQL of the tests alone, with the migrated template; nothing of it is forced onto the disk. */
export interface Throwaway {
  /** The folder of its socket. */
  readonly host: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const silent = {
  info() {},
  warn() {},
  error(fields: object, message: string) {
    console.error(message, fields);
  },
};

/** Starts one in a temporary folder and migrates the template. */
export async function startThrowaway(): Promise<Throwaway> {
  await removeLeftOvers();
  const dataDir = await mkdtemp(join(tmpdir(), `aperto-test-${process.pid}-`));
  try {
    const server = await openEmbedded({ dataDir, log: silent, durable: false });
    const stop = async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    };
    try {
      await makeTemplate(server.host);
    } catch (error) {
      await stop();
      throw error;
    }
    return { host: server.host, stop };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function makeTemplate(host: string): Promise<void> {
  await runScript(host, 'postgres', `create database ${template}`);
  const db = openTestConnections(host, template);
  try {
    await migrate(db, socketUrl(host, template));
  } finally {
    await db.close();
  }
}

/** Runs statements on one database of the server, over a connection for them alone. */
export async function runScript(host: string, database: string, text: string): Promise<void> {
  const db = openTestConnections(host, database);
  try {
    await db.script(text);
  } finally {
    await db.close();
  }
}

export function openTestConnections(host: string, database: string) {
  return openPostgres({
    url: socketUrl(host, database),
    maxConnections: 8,
    applicationName: 'aperto-test',
    statementTimeoutMs: 60_000,
    log: silent,
  });
}

/** Removes the folders of test runs that were killed; their processes are gone. */
async function removeLeftOvers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^aperto-test-(\d+)-/.exec(name)?.[1]);
    if (!pid || isRunning(pid)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
