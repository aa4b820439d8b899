import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Db } from '../server/ports/db/db.ts';

/** A statement, cut short, and how often it ran. */
export interface Counted {
  readonly text: string;
  readonly times: number;
}

/**
 * Counts the statements that `work` makes PostgreSQL run, by its own log: it writes each down while this
 * lasts. Jobs are left out by the name that their connections go by.
 */
export async function countStatements(
  db: Db,
  dataDir: string,
  work: () => Promise<void>,
): Promise<Counted[]> {
  const mark = `bench ${process.pid} ${Math.random()}`;
  await db.script("alter system set log_statement = 'all'");
  await db.script("alter system set log_line_prefix = '<%a> '");
  await db.script('select pg_reload_conf()');
  await untilLogged(db, dataDir, `${mark} from`);
  await work();
  await untilLogged(db, dataDir, `${mark} to`);
  await db.script('alter system reset log_statement');
  await db.script('alter system reset log_line_prefix');
  await db.script('select pg_reload_conf()');
  const text = await readLogs(dataDir);
  const between = text.slice(text.indexOf(`${mark} from`), text.indexOf(`${mark} to`));
  const counts = new Map<string, number>();
  const line = /^<aperto> LOG: {2}(?:execute [^:]*|statement): (.*(?:\n\s+.*)*)/gm;
  for (const [, statement = ''] of between.matchAll(line)) {
    const short = statement.replaceAll(/\s+/g, ' ').trim().slice(0, 90);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return [...counts]
    .map(([statement, times]) => ({ text: statement, times }))
    .sort((a, b) => b.times - a.times);
}

/** The log is written by another process, and a changed setting reaches connections one by one. */
async function untilLogged(db: Db, dataDir: string, mark: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    await db.query(`select '${mark}'`, [], { prepare: false });
    if ((await readLogs(dataDir)).includes(mark)) return;
  }
  throw new Error('PostgreSQL does not write its log');
}

async function readLogs(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'logs', 'postgres');
  const texts = readdirSync(folder).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('');
}
