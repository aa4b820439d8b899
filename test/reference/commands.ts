/** A command: a deed, a look, a moment of the worker, or a misfortune. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { homeFeed } from '../../api/feed.ts';
import type { PersonId } from '../../api/ids.ts';
import { DEEDS } from './deeds.ts';
import { lookAtExplore } from './explore-looks.ts';
import { allowedHomes, lookAtHome, lookAtLists, lookAtPost, lookAtProfile } from './looks.ts';
import { demandNoLeak, homePage, wayOf } from './pages.ts';
import type { Process } from './process.ts';
import { lookAtRanked, lookOn } from './ranked-looks.ts';
import { GUEST } from './reference.ts';
import { aStep, dice, type Step } from './steps.ts';
import { type Act, reader, settle, storm, type Tally, work } from './work.ts';
import type { World } from './world.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Reads that go on while something is written show what was, or what is; never a third thing. */
async function race(world: World, step: Step, write: () => Promise<string>): Promise<string> {
  const viewers = [reader(world, step.dice), reader(world, step.dice >> 8)].filter(
    (id) => id !== null,
  );
  for (const process of world.stage.processes) await world.catchUp(process);
  const before = await allowedHomes(world, viewers);
  const asked = { limit: step.limit, cursor: null, mayBeOver: true };
  const reads = world.stage.processes.flatMap((process) =>
    viewers.map(async (viewer, nr) => {
      const way = (step.choice + nr) % 2 === 0 ? 'call' : 'http';
      return { viewer, ...(await homePage(process, viewer, { ...asked, way })) };
    }),
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
      const asked = { limit: step.limit, cursor, way: wayOf(step.dice) };
      const { next } = await lookAtHome(world, at, viewer, asked);
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
      await lookAtProfile(world, at, [viewer, author], step.limit, wayOf(step.dice));
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
  ranked: {
    weight: 4,
    async act(world, at, step) {
      const viewer = reader(world, step.who);
      if (!viewer) return 'nobody looks';
      const held = await lookAtRanked(world, at, viewer, step);
      if (held) world.holdRanking(held);
      return `${world.nameOf(viewer)} looks at all of their ranked home in process ${step.at}`;
    },
  },
  rankedOn: {
    weight: 3,
    async act(world, at, step) {
      const held = world.heldRankings[step.which % Math.max(1, world.heldRankings.length)];
      if (!held || world.suspended.has(held.viewer)) return 'nobody goes on';
      const isThere = await lookOn(world, at, held, step);
      return `${world.nameOf(held.viewer)} goes on with a ranked home${isThere ? '' : ', which was forgotten'}`;
    },
  },
  explore: {
    weight: 5,
    async act(world, at, step, tally) {
      const viewer = reader(world, step.who);
      if (!viewer) return 'nobody looks';
      // Where a worker goes on meanwhile, what it has just published may be missing.
      const isFresh = step.choice < 2 && !world.stage.isReal;
      const found = await lookAtExplore(world, at, viewer, step, isFresh);
      tally.recommended += found;
      return `${world.nameOf(viewer)} explores ${found} posts${isFresh ? ', found anew' : ''}`;
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
  loseRedis: {
    weight: 1,
    act: (world, _at, { dice }) => world.stage.loseRedis(dice % 2 === 0 ? 'dead' : 'hanging'),
  },
  bringRedisBack: {
    weight: 2,
    act: (world) => world.stage.bringRedisBack(),
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
