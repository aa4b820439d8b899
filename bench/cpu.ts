import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU in hundredths of a second (USER_HZ, proc(5)). */
const TICK_MS = 10;

/** User and system time that a process has used, all threads, in milliseconds. */
export function cpuOf(pid: number): number {
  return readTimes(pid).own;
}

/** The same of a process, its children that run, and those that have ended: PostgreSQL as a whole. */
export function cpuOfFamily(parent: number): number {
  const { own, ended } = readTimes(parent);
  let sum = own + ended;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const times = readTimes(pid);
      if (times.parent === parent) sum += times.own;
    } catch (error) {
      // Ended meanwhile: the next look finds it with its parent.
      if (!isGone(error)) throw error;
    }
  }
  return sum;
}

function readTimes(pid: number): { parent: number; own: number; ended: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets that may hold anything.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return {
    parent: field(4),
    own: (field(14) + field(15)) * TICK_MS,
    ended: (field(16) + field(17)) * TICK_MS,
  };
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}

/** What some work took; CPU in µs. */
export interface Costs {
  readonly seconds: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

/** Runs `work` and tells what this process and PostgreSQL's (Linux only) used meanwhile. */
export async function costing(postmaster: number, work: () => Promise<unknown>): Promise<Costs> {
  const postgres = cpuOfFamily(postmaster);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const used = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1000,
    nodeMicros: used.user + used.system,
    postgresMicros: (cpuOfFamily(postmaster) - postgres) * 1000,
  };
}
