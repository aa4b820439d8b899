import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixed, printTable } from './table.ts';

/** A CPU profile as V8 writes it; times in µs of the monotonic clock. */
interface Profile {
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What a process is started with so that it leaves a profile in `folder` when it ends. */
export const profilingFlags = (folder: string) => [
  '--cpu-prof',
  `--cpu-prof-dir=${folder}`,
  '--cpu-prof-interval=200',
];

/** The monotonic clock in µs, which profiles are timed by. */
export const monotonicMicros = () => Number(process.hrtime.bigint() / 1000n);

const TOP = 30;

/** Prints where the time between `from` and `to` went, by function, in µs of each of `requests`. */
export async function printProfile(
  folder: string,
  { from, to, requests }: { from: number; to: number; requests: number },
): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  for (const name of names) {
    const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as Profile;
    const self = selfTimes(profile, from, to);
    const idle = self.get('(idle)') ?? 0;
    self.delete('(idle)');
    const all = [...self.values()].reduce((sum, time) => sum + time, 0);
    const rows = [...self].sort((a, b) => b[1] - a[1]).slice(0, TOP);
    printTable(
      ['function (self)', 'µs a request', 'share'],
      rows.map(([what, time]) => [
        what,
        fixed(time / requests, 2),
        `${fixed((time / all) * 100)} %`,
      ]),
    );
    console.log(
      `In all ${fixed(all / requests, 1)} µs a request (n = ${requests}), profiled; idle ${fixed((idle / (to - from)) * 100)} %.\n`,
    );
  }
}

function selfTimes(profile: Profile, from: number, to: number): Map<string, number> {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const self = new Map<string, number>();
  let time = profile.startTime;
  for (const [n, delta] of profile.timeDeltas.entries()) {
    time += delta;
    if (time < from || time > to) continue;
    const name = names.get(profile.samples[n] ?? 0) ?? '?';
    self.set(name, (self.get(name) ?? 0) + delta);
  }
  return self;
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const file = url.replace(/^.*\/(?=(server|api|node_modules)\/)/, '').replace(/^file:\/\//, '');
  return `${name} ${file}:${lineNumber + 1}`;
}
