import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks (10 ms) that PostgreSQL's processes, the ended ones too, have used. */
function postgresTicks(postmaster: number): number {
  const fields = (pid: string) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  };
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent, , , , , , , , , , user = 0, system = 0, endedUser = 0, endedSystem = 0] =
        fields(pid);
      if (Number(pid) === postmaster) ticks += user + system + endedUser + endedSystem;
      else if (parent === postmaster) ticks += user + system;
    } catch {
      // A process that ended meanwhile is counted with its parent.
    }
  }
  return ticks;
}

/** What some work took; CPU in µs. */
export interface Costs {
  readonly seconds: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

/** Runs `work` and tells what this process and PostgreSQL's (Linux only) used meanwhile. */
export async function costing(postmaster: number, work: () => Promise<unknown>): Promise<Costs> {
  const ticks = postgresTicks(postmaster);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const used = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1000,
    nodeMicros: used.user + used.system,
    postgresMicros: (postgresTicks(postmaster) - ticks) * 10_000,
  };
}
