/** What the worker does in its own time, and what befalls it. */
import type { PersonId } from '../../api/ids.ts';
import type { NewJob } from '../../server/ports/jobs/jobs.ts';
import { DEEDS } from './deeds.ts';
import { ALONE, asTasks, leftBehind, type Task, twice } from './deliveries.ts';
import { demandSame } from './looks.ts';
import { homePage } from './pages.ts';
import type { Process } from './process.ts';
import { demandRanked } from './ranked-looks.ts';
import { dice, rollStep, type Step } from './steps.ts';
import type { World } from './world.ts';

/** What was done and looked at in all. */
export interface Tally {
  commands: number;
  looks: number;
  /** Whole feeds that were found to be the reference's. */
  feeds: number;
  /** Ranked feeds whose order was found to be the reference's, and posts in them. */
  ranked: number;
  rankedPosts: number;
  /** Recommended posts that were for the reader, for reasons that held. */
  recommended: number;
  kills: number;
  restarts: number;
  /** Jobs by their task. */
  readonly jobs: Map<string, number>;
}

export function newTally(): Tally {
  return {
    commands: 0,
    looks: 0,
    feeds: 0,
    ranked: 0,
    rankedPosts: 0,
    recommended: 0,
    kills: 0,
    restarts: 0,
    jobs: new Map(),
  };
}

function countJobs(tally: Tally, jobs: readonly NewJob[]): void {
  for (const { task } of jobs) tally.jobs.set(task, (tally.jobs.get(task) ?? 0) + 1);
}

/** Takes out what a task does, and gives what of it had not been taken or replaced meanwhile. */
const take = ({ stage: { jobs } }: World, { does }: Task) => does.filter((job) => jobs.take(job));

/** What was not done, or is to be done once more. What was begun alone goes on alone, as a job does. */
function giveBack({ stage: { jobs } }: World, { run }: Task, taken: readonly NewJob[]): void {
  for (const job of run.task === ALONE ? [run] : taken) jobs.giveBack(job);
}

/** Does something in one process, and says what it was. */
export type Act = (world: World, at: Process, step: Step, tally: Tally) => Promise<string>;

/** A job that asks to be run so soon is waited for; what has time (a purge) is not. */
const SOON_MS = 60_000;
const ROUNDS_MAX = 3000;
/** After so many rounds a minute goes by with each. */
const PATIENCE = 50;
/** So many steps of a job that is killed are taken at most. */
const STEPS_MAX = 40;

/** Who can look: not those whose account is suspended. */
export function reader(world: World, nr: number): PersonId | null {
  const all = world.people.filter((id) => !world.suspended.has(id));
  return all[nr % Math.max(1, all.length)] ?? null;
}

/** Runs every job that waits, and those that come of them. */
async function drain(world: World, seed: number, tally: Tally): Promise<void> {
  const { jobs, clock, database, processes } = world.stage;
  const fate = dice(seed);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const due = jobs.due(clock.millis());
    const next = jobs.nextAt();
    if (due.length === 0) {
      // The sweep does not wait for jobs; some of them wait for what it finds.
      const left = await leftBehind(database.db);
      if (left.length > 0) {
        jobs.add(left);
        continue;
      }
      if (next === null || next > clock.millis() + SOON_MS) return;
      // What asks again and again waits for a time that passes.
      clock.advance(next - clock.millis() + (round > PATIENCE ? SOON_MS : 0));
      continue;
    }
    const at = processes[round % processes.length] as Process;
    for (const task of asTasks(due, fate)) {
      if (take(world, task).length === 0) continue;
      countJobs(tally, [task.run]);
      await at.run([task.run], null);
      world.wrote(at);
    }
  }
  const due = jobs
    .due(clock.millis())
    .map(({ task, payload }) => `${task} ${JSON.stringify(payload)}`);
  const events = (await leftBehind(database.db)).map(({ payload }) => JSON.stringify(payload));
  throw new Error(`jobs without an end: ${due.join('; ')}; events that wait: ${events.join('; ')}`);
}

/** Of the choices that a worker has, the one with which it begins by looking for what nobody delivered. */
const SWEEPS = 7;

/** A worker works for a while: some jobs are left for later, some run twice, in some it is killed. */
export const work: Act = async (world, at, step, tally) => {
  const { jobs, clock, database } = world.stage;
  const fate = dice(step.dice);
  if (step.choice === SWEEPS) jobs.add(await leftBehind(database.db));
  const due = asTasks(jobs.due(clock.millis()), fate);
  const said: string[] = [];
  for (const task of step.choice % 2 === 0 ? due : due.reverse()) {
    const roll = fate.next().value % 10;
    const taken = roll === 0 ? [] : take(world, task);
    if (taken.length === 0) continue;
    const steps = roll < 3 ? fate.next().value % STEPS_MAX : null;
    countJobs(tally, [task.run]);
    const end = await at.run([task.run], steps);
    if (end === 'killed') tally.kills += 1;
    if (end === 'killed' || roll === 3) giveBack(world, task, taken);
    const again = roll === 3 ? ', once more' : '';
    said.push(`${task.run.task} ${JSON.stringify(task.run.payload)} ${end}${again}`);
  }
  world.wrote(at);
  return `process ${step.at} works: ${said.join('; ')}`;
};

/** Everything at once: all jobs in one process, which may be killed; deeds and looks in the other. */
export const storm: Act = async (world, at, step, tally) => {
  const { jobs, clock, processes } = world.stage;
  const fate = dice(step.dice);
  const waiting = asTasks(jobs.due(clock.millis()), fate);
  const tasks = [...waiting, ...twice(waiting, fate)];
  const taken = tasks.map((task) => take(world, task));
  const due = tasks.map(({ run }) => run);
  const steps = step.choice < 2 ? fate.next().value % (STEPS_MAX * due.length + 1) : null;
  const other = processes.find((one) => one !== at) as Process;
  for (const process of processes) await world.catchUp(process);
  const kinds = Object.keys(DEEDS);
  const deeds = Array.from({ length: 2 + step.limit }, async () => {
    const kind = kinds[fate.next().value % kinds.length] as string;
    return DEEDS[kind]?.act(world, other, rollStep(fate));
  });
  const viewers = [reader(world, step.who), reader(world, step.whom)].filter((id) => id !== null);
  const living = steps === null ? processes : [other];
  const looking = living.flatMap((process) =>
    viewers.map((viewer, nr) =>
      homePage(process, viewer, {
        limit: step.limit,
        cursor: null,
        way: nr === 0 ? 'call' : 'http',
        mayBeOver: true,
      }),
    ),
  );
  countJobs(tally, due);
  const [end, said] = await Promise.all([
    at.run(due, steps),
    Promise.all(deeds),
    Promise.all(looking),
  ]);
  if (end === 'killed') {
    tally.kills += 1;
    for (const [nr, task] of tasks.entries()) giveBack(world, task, taken[nr] ?? []);
  }
  tally.commands += said.length;
  for (const process of processes) world.wrote(process);
  return `at once: ${said.join('; ')}; process ${step.at} runs ${due.length} jobs: ${end}`;
};

/** Lets all that is to be done be done, then compares everything. */
export async function settle(world: World, seed: number, tally: Tally): Promise<void> {
  await drain(world, seed, tally);
  await demandSame(world, seed);
  const ranked = await demandRanked(world, seed);
  tally.ranked += ranked.length;
  for (const { length } of ranked) tally.rankedPosts += length;
  tally.feeds += world.people.length - world.suspended.size;
}
