import { randomBytes } from 'node:crypto';
import type { Db } from '../server/ports/db/db.ts';
import { socketUrl } from '../server/ports/db/embedded-cluster.ts';
import { openTestConnections, runScript, startThrowaway, template } from './throwaway.ts';

/** A migrated, empty database that nobody else uses. */
export interface TestDatabase {
  readonly db: Db;
  /** As DATABASE_URL takes it, for a server of its own. */
  readonly url: string;
  readonly name: string;
  /** Closes `db` and removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * Makes a database for one test file (some 50 ms). Under `npm test` all share one PostgreSQL; a file
 * that is run by itself starts its own.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const host = await findServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runScript(host, 'postgres', `create database ${name} template ${template}`);
  const db = openTestConnections(host, name);
  return {
    db,
    url: socketUrl(host, name),
    name,
    async drop() {
      await db.close();
      await runScript(host, 'postgres', `drop database ${name} with (force)`);
    },
  };
}

let own: Promise<string> | undefined;

function findServer(): Promise<string> {
  const shared = process.env.APERTO_TEST_PG;
  if (shared) return Promise.resolve(shared);
  own ??= startOwn();
  return own;
}

async function startOwn(): Promise<string> {
  const server = await startThrowaway();
  // Not a hook of the test runner: those run in the order in which they were set up, and this one
  // would come before the file's own, which still drop their databases.
  process.once('beforeExit', () => server.stop());
  return server.host;
}
