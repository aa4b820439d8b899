/** The feed against a naive one, a great many commands long: see test/reference/. */
import { parseArgs } from 'node:util';
import { type Explored, exploreFeeds } from '../test/reference/explore.ts';
import { exploreKills } from '../test/reference/kills.ts';
import { count, fixed } from './table.ts';

const LANES = 3;
const SAY_EVERY_MS = 30_000;

/** Of each run with workers of their own: how many there are, and the commands while each lives. */
const WORKERS = 5;
const COMMANDS_A_WORKER = 100;

/**
 * `--commands N`, `--seed N`, `--lanes N`, `--kills N` (runs of five workers on the real queue, killed in
 * the middle; a run has a database of its own). A seed that was reported does the same again with one lane.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      commands: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      lanes: { type: 'string', default: String(LANES) },
      kills: { type: 'string', default: '4' },
    },
  });
  const asked = { commands: natural(values.commands), lanes: natural(values.lanes) };
  const seed = natural(values.seed);
  console.log(
    `seed ${seed}, ${count(asked.commands)} commands, ${asked.lanes} stages side by side`,
  );
  const started = performance.now();
  const cpu = process.cpuUsage();
  let said = started;
  const say = ({ commands, worlds }: Explored) => {
    if (performance.now() - said < SAY_EVERY_MS) return;
    said = performance.now();
    console.log(`${count(commands)} commands, ${count(worlds)} worlds`);
  };
  const done = await exploreFeeds({ ...asked, seed }, say);
  const { commands, looks, feeds, worlds, kills, restarts, jobs } = done;
  const { ranked, rankedPosts, recommended, pages, fast } = done;
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${count(commands)} commands in ${count(worlds)} worlds, ${count(looks)} of them looks, ${count(feeds)} whole feeds compared, ${count(kills)} kills in a job, ${count(restarts)} restarts: 0 differences, 0 leaks, seed ${seed}`,
  );
  console.log(
    `${count(ranked)} ranked feeds of ${count(rankedPosts)} posts, ${count(recommended)} recommended posts; ${count(pages)} pages over HTTP, of which the fast lane gave ${count(fast)}`,
  );
  const tasks = [...jobs].sort(([, a], [, b]) => b - a).map(([task, n]) => `${task} ${count(n)}`);
  console.log(`jobs: ${tasks.join(', ')}`);
  console.log(
    `${fixed(commands / seconds)} commands/s, ${fixed(seconds)} s; CPU of node ${fixed((user + system) / 1000 / commands, 2)} ms a command, reference included`,
  );
  await runKills(natural(values.kills), seed);
}

async function runKills(runs: number, seed: number): Promise<void> {
  let commands = 0;
  let kills = 0;
  let late = 0;
  for (let nr = 0; nr < runs; nr += 1) {
    const asked = { rounds: WORKERS, commands: COMMANDS_A_WORKER, seed: seed + nr };
    const done = await exploreKills(asked);
    commands += done.tally.commands;
    kills += done.tally.kills;
    late += done.late;
  }
  console.log(
    `${count(commands)} commands with ${count(kills)} SIGKILLs of workers: 0 differences, 0 leaks; ${count(late)} times a feed in memory was told late`,
  );
}

function natural(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`${text} is not a number from 1`);
  return number;
}
