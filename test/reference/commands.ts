/** A command: a deed, a look, a moment of the worker, or a misfortune. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { homeFeed } from '../../api/feed.ts';
import type { PersonId } from '../../api/ids.ts';
import type { NewJob } from '../../server/ports/jobs/jobs.ts';
import { DEEDS } from './deeds.ts';
import {
  allowedHomes,
  demandNoLeak,
  demandSame,
  homePage,
  lookAtHome,
  lookAtLists,
  lookAtPost,
  lookAtProfile,
} from './looks.ts';
import type { Process } from './process.ts';
import { GUEST } from './reference.ts';
import { aStep, dice, rollStep, type Step } from './steps.ts';
import type { World } from './world.ts';

/** What was done and looked at in all. */
export interface Tally {
  commands: number;
  looks: number;
  /** Whole feeds that were found to be the reference's. */
  feeds: number;
  kills: number;
  restarts: number;
  /** Jobs by their task. */
  readonly jobs: Map<string, number>;
}

export function newTally(): Tally {
  return { commands: 0, looks: 0, feeds: 0, kills: 0, restarts: 0, jobs: new Map() };
}

function countJobs(tally: Tally, jobs: readonly NewJob[]): void {
  for (const { task } of jobs) tally.jobs.set(task, (tally.jobs.get(task) ?? 0) + 1);
}

type Act = (world: World, at: Process, step: Step, tally: Tally) => Promise<string>;

const DAY_MS = 24 * 3600 * 1000;
/** A job that asks to be run so soon is waited for; what has time (a purge) is not. */
const SOON_MS = 60_000;
const ROUNDS_MAX = 3000;
const PATIENCE = 50;
/** So many steps of a job that is killed are taken at most. */
const STEPS_MAX = 40;

/** Who can look: not those whose account is suspended. */
function reader(world: World, nr: number): PersonId | null {
  const all = world.people.filter((id) => !world.suspended.has(id));
  return all[nr % Math.max(1, all.length)] ?? null;
}

/** Runs every job that waits, and those that come of them. */
async function drain(world: World, tally: Tally): Promise<void> {
  const { jobs, clock, processes } = world.stage;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const due = jobs.due(clock.millis());
    const next = jobs.nextAt();
    if (due.length === 0) {
      if (next === null || next > clock.millis() + SOON_MS) return;
      // What asks again and again waits for a time that passes.
      clock.advance(next - clock.millis() + (round > PATIENCE ? SOON_MS : 0));
      continue;
    }
    const at = processes[round % processes.length] as Process;
    for (const job of due) {
      if (!jobs.take(job)) continue;
      countJobs(tally, [job]);
      await at.run([job], null);
      world.wrote(at);
    }
  }
  throw new Error('jobs without an end');
}

/** A worker works for a while: some jobs are left for later, some run twice, in some it is killed. */
const work: Act = async (world, at, step, tally) => {
  const { jobs, clock } = world.stage;
  const fate = dice(step.dice);
  const due = jobs.due(clock.millis());
  const said: string[] = [];
  for (const job of step.choice % 2 === 0 ? due : due.reverse()) {
    const roll = fate.next().value % 10;
    if (roll === 0 || !jobs.take(job)) continue;
    const steps = roll < 3 ? fate.next().value % STEPS_MAX : null;
    countJobs(tally, [job]);
    const end = await at.run([job], steps);
    if (end === 'killed') tally.kills += 1;
    if (end === 'killed' || roll === 3) jobs.giveBack(job);
    said.push(
      `${job.task} ${JSON.stringify(job.payload)} ${end}${roll === 3 ? ', once more' : ''}`,
    );
  }
  world.wrote(at);
  return `process ${step.at} works: ${said.join('; ')}`;
};

/** Everything at once: all jobs in one process, which may be killed; deeds and looks in the other. */
const storm: Act = async (world, at, step, tally) => {
  const { jobs, clock, processes } = world.stage;
  const fate = dice(step.dice);
  const due = jobs.due(clock.millis()).filter((job) => jobs.take(job));
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
    viewers.map((viewer) => homePage(process, viewer, step.limit, null)),
  );
  countJobs(tally, due);
  const [end, said] = await Promise.all([
    at.run(due, steps),
    Promise.all(deeds),
    Promise.all(looking),
  ]);
  if (end === 'killed') {
    tally.kills += 1;
    for (const job of due) jobs.giveBack(job);
  }
  tally.commands += said.length;
  for (const process of processes) world.wrote(process);
  return `at once: ${said.join('; ')}; process ${step.at} runs ${due.length} jobs: ${end}`;
};

/** Reads that go on while something is written show what was, or what is; never a third thing. */
async function race(world: World, step: Step, write: () => Promise<string>): Promise<string> {
  const viewers = [reader(world, step.dice), reader(world, step.dice >> 8)].filter(
    (id) => id !== null,
  );
  for (const process of world.stage.processes) await world.catchUp(process);
  const before = await allowedHomes(world, viewers);
  const reads = world.stage.processes.flatMap((process) =>
    viewers.map(async (viewer) => ({
      viewer,
      ...(await homePage(process, viewer, step.limit, null)),
    })),
  );
  const [said, ...seen] = await Promise.all([write(), ...reads]);
  const after = await allowedHomes(world, viewers);
  for (const { viewer, items } of seen) {
    const allowed = new Set([...(before.get(viewer) ?? []), ...(after.get(viewer) ?? [])]);
    const what = `home of ${world.nameOf(viewer)} while ${said}`;
    demandNoLeak(
      world,
      what,
      items.map(({ post_id }) => post_id),
      allowed,
    );
  }
  return `${said}, while others look`;
}

const looks: Record<string, { readonly weight: number; readonly act: Act }> = {
  home: {
    weight: 14,
    async act(world, at, step) {
      const viewer = reader(world, step.who);
      if (!viewer) return 'nobody looks';
      const held = step.choice > 4 ? world.held[step.which % Math.max(1, world.held.length)] : null;
      // Somebody else's cursor is as good as one's own: it names a place in time, and nothing more.
      const cursor = held?.cursor ?? null;
      const { next } = await lookAtHome(world, at, viewer, { limit: step.limit, cursor });
      if (next !== null) world.hold({ viewer, cursor: next });
      return `${world.nameOf(viewer)} looks at home in process ${step.at}, ${step.limit} posts${cursor ? ` from ${cursor}` : ''}`;
    },
  },
  profile: {
    weight: 4,
    async act(world, at, step) {
      const viewer = step.choice === 0 ? GUEST : reader(world, step.who);
      if (!viewer) return 'nobody looks';
      const author = world.person(step.whom);
      await lookAtProfile(world, at, [viewer, author], step.limit);
      return `${world.nameOf(viewer)} looks at ${world.nameOf(author)} in process ${step.at}`;
    },
  },
  post: {
    weight: 5,
    async act(world, at, step) {
      const viewer = step.choice === 0 ? GUEST : reader(world, step.who);
      const post = world.posts[step.which % Math.max(1, world.posts.length)];
      if (!viewer || !post) return 'nothing to look at';
      await lookAtPost(world, at, viewer, post.id);
      return `${world.nameOf(viewer)} looks at ${world.postName(post.id)} in process ${step.at}`;
    },
  },
  lists: {
    weight: 2,
    async act(world, at, step) {
      const viewer = step.choice === 0 ? GUEST : reader(world, step.who);
      if (!viewer) return 'nobody looks';
      await lookAtLists(world, at, viewer, [step.which, 20 + step.limit]);
      return `${world.nameOf(viewer)} looks at what is under a hashtag and saved in process ${step.at}`;
    },
  },
  forged: {
    weight: 1,
    async act(world, at, step) {
      const viewer = reader(world, step.who);
      if (!viewer) return 'nobody looks';
      await demandHarmless(world, at, viewer, forge(world, step));
      return `${world.nameOf(viewer)} comes with a forged cursor`;
    },
  },
};

/** A cursor that no list gave, or gave for something else. */
function forge(world: World, { dice: seed, choice }: Step): string {
  const numbers = dice(seed);
  const bytes = Buffer.from(Array.from({ length: choice + 1 }, () => numbers.next().value % 256));
  const known = world.held[seed % Math.max(1, world.held.length)]?.cursor ?? 'MTow';
  const all = [
    bytes.toString('base64url'),
    bytes.toString('latin1'),
    known.slice(0, -1),
    `${known}A`,
    Buffer.from(`1:${numbers.next().value}${numbers.next().value}`).toString('base64url'),
    Buffer.from('1:9223372036854775808').toString('base64url'),
    Buffer.from('1:9199999999999999998').toString('base64url'),
    Buffer.from('1:-1').toString('base64url'),
    '',
  ];
  return all[seed % all.length] as string;
}

/** Either it is refused as what it is, or it names a place below which one may read on. */
async function demandHarmless(world: World, at: Process, viewer: PersonId, cursor: string) {
  await world.catchUp(at);
  const query = { limit: 3, order: 'latest' as const, cursor };
  const found = await at.ask(homeFeed, viewer, { query });
  if ('refused' in found) {
    assert.equal(found.refused, 'invalid_cursor', cursor);
    return;
  }
  const allowed = (await allowedHomes(world, [viewer])).get(viewer) ?? new Set();
  const ids = found.answer.items.map(({ post_id }) => post_id);
  demandNoLeak(world, `with the cursor ${cursor}`, ids, allowed);
}

const events: Record<string, { readonly weight: number; readonly act: Act }> = {
  work: { weight: 22, act: work },
  storm: { weight: 5, act: storm },
  settle: {
    weight: 4,
    async act(world, _at, step, tally) {
      await settle(world, step.dice, tally);
      return 'all is done, and everyone looks at all of their feed';
    },
  },
  forget: {
    weight: 2,
    async act(_world, at, step) {
      at.forget();
      return `process ${step.at} forgets all that it kept`;
    },
  },
  time: {
    weight: 3,
    async act(world, _at, { choice }) {
      // Mostly a day or so; sometimes longer than anyone may be away.
      const days = choice > 5 ? 31 : choice;
      world.stage.clock.advance(days * DAY_MS + 1000);
      return `${days} days go by`;
    },
  },
  restart: {
    weight: 1,
    async act(world, _at, step, tally) {
      if (step.dice % 8 > 0) return 'no restart';
      tally.restarts += 1;
      await world.stage.restart(step.at);
      return `process ${step.at} is started anew`;
    },
  },
};

/** Lets all that is to be done be done, then compares everything. */
export async function settle(world: World, seed: number, tally: Tally): Promise<void> {
  await drain(world, tally);
  await demandSame(world, seed);
  tally.feeds += world.people.length - world.suspended.size;
}

const ACTS: Readonly<Record<string, { readonly weight: number; readonly act: Act }>> = {
  ...Object.fromEntries(
    Object.entries(DEEDS).map(([kind, { weight, act }]) => {
      const run: Act = async (world, at, step) => {
        const write = () => act(world, at, step);
        await world.catchUp(at);
        const said = await (step.racing ? race(world, step, write) : write());
        world.wrote(at);
        return `${said} (process ${step.at})`;
      };
      return [kind, { weight, act: run }];
    }),
  ),
  ...looks,
  ...events,
};

class Command implements fc.AsyncCommand<object, World> {
  readonly #kind: string;
  readonly #step: Step;
  readonly #tally: Tally;
  #said: string;

  constructor(kind: string, step: Step, tally: Tally) {
    this.#kind = kind;
    this.#step = step;
    this.#tally = tally;
    this.#said = kind;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, world: World): Promise<void> {
    world.stage.clock.advance(1 + (this.#step.dice % 3000));
    const at = world.stage.process(this.#step.at);
    if (this.#kind in looks) this.#tally.looks += 1;
    this.#tally.commands += 1;
    const act = ACTS[this.#kind]?.act;
    this.#said = (await act?.(world, at, this.#step, this.#tally)) ?? '';
  }

  toString(): string {
    return `\n  ${this.#said}`;
  }
}

/** Commands at random, at most `max`. */
export function commands(max: number, tally: Tally) {
  return fc.commands([aCommand(Object.keys(ACTS), tally)], { maxCommands: max, size: 'max' });
}

/** The same without what the worker does and what befalls it, one by one. */
export function lifeAlone(count: number, seed: number, tally: Tally): Command[] {
  const alone = aCommand([...Object.keys(DEEDS), ...Object.keys(looks)], tally);
  return fc.sample(alone, { seed, numRuns: count });
}

function aCommand(names: readonly string[], tally: Tally) {
  const kinds = names.flatMap((kind) => Array<string>(ACTS[kind]?.weight ?? 0).fill(kind));
  return fc
    .record({ kind: fc.constantFrom(...kinds), step: aStep })
    .map(({ kind, step }) => new Command(kind, step, tally));
}
