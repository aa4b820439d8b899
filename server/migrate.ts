import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from './ports/db/db.ts';
import { isUniqueViolation } from './ports/db/errors.ts';
import { migrateJobs } from './ports/jobs/graphile.ts';

const FOLDER = join(import.meta.dirname, '..', 'migrations');
/** Any number: what all processes that migrate at once wait for. */
const LOCK = 4_821_739_016;

/**
 * Brings the database up to date: every file of `migrations/` that it has not seen, in order, each in
 * one transaction. Several processes may do this at once. Throws when a file that was applied has
 * been changed since, or when the database is newer than this version.
 */
export async function migrate(db: Db, url: string): Promise<number> {
  await db.script(`select pg_advisory_xact_lock(${LOCK});
    create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );`);
  const rows = await db.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations order by name',
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const files = (await readdir(FOLDER)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  refuseUnknown(files, applied);
  let count = 0;
  for (const name of files) {
    const sql = await readFile(join(FOLDER, name), 'utf8');
    const checksum = createHash('sha256').update(sql).digest('hex');
    const known = applied.get(name);
    if (known === checksum) continue;
    if (known !== undefined) {
      throw new Error(`migrations/${name} was changed after it had been applied; write a new file`);
    }
    if (await apply(db, name, checksum, sql)) count += 1;
  }
  await migrateJobs(url);
  return count;
}

function refuseUnknown(files: readonly string[], applied: ReadonlyMap<string, string>): void {
  const unknown = [...applied.keys()].filter((name) => !files.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `the database was written by a newer version of Aperto (${unknown.join(', ')}); update the server`,
    );
  }
}

/** False when another process applied it while this one waited. */
async function apply(db: Db, name: string, checksum: string, sql: string): Promise<boolean> {
  try {
    await db.script(`begin;
      select pg_advisory_xact_lock(${LOCK});
      insert into schema_migrations (name, checksum) values ('${name}', '${checksum}');
      ${sql}
      commit;`);
    return true;
  } catch (error) {
    if (isUniqueViolation(error, 'schema_migrations_pkey')) return false;
    throw error;
  }
}
