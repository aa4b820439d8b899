import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBinaries } from '../server/ports/db/embedded-binaries.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');

/** What a benchmark ran on, a line each. */
export async function describeMachine(): Promise<string[]> {
  const [first] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  return [
    `CPU        ${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    `Memory     ${memory} GB`,
    `Node       ${process.versions.node}`,
    `PostgreSQL ${await postgresVersion()}`,
    `Commit     ${await commit()}`,
  ];
}

async function postgresVersion(): Promise<string> {
  const { postgres } = await findBinaries();
  const { stdout } = await run(postgres, ['--version']);
  return `${/[\d.]+/.exec(stdout)?.[0] ?? stdout.trim()} (embedded)`;
}

async function commit(): Promise<string> {
  try {
    const { stdout: hash } = await run('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT });
    const { stdout: changes } = await run('git', ['status', '--porcelain'], { cwd: ROOT });
    return `${hash.trim()}${changes.trim() === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown (no git here)';
  }
}
