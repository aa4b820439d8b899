/** A command: a deed or a look, done in the plain world and in the real house, and held against each other. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEEDS, type Deed, type Step } from './deeds.ts';
import { type House, outcome } from './house.ts';
import { readOwn, readPerson, readPost } from './readings.ts';
import { seeOwn, seePerson, seePost } from './sights.ts';
import { AUDIENCES, GUEST, NAMES, PEOPLE, type World } from './world.ts';

const POSTS_MAX = 12;
const WHOLE_PAGE = 100;
/** So small that a list of a few has several pages. */
const SMALL_PAGE = 2;

/** What was done and looked at in all. */
export interface Tally {
  deeds: number;
  looks: number;
}

const nameOf = (who: number) => NAMES[who] ?? 'a guest';

class Doing implements fc.AsyncCommand<World, House> {
  readonly #kind: string;
  readonly #deed: Deed;
  readonly #step: Step;
  readonly #tally: Tally;
  #said: string;

  constructor(kind: string, deed: Deed, step: Step, tally: Tally) {
    this.#kind = kind;
    this.#deed = deed;
    this.#step = step;
    this.#tally = tally;
    this.#said = kind;
  }

  check(world: World): boolean {
    if (this.#kind === 'publish') return world.posts.length < POSTS_MAX;
    return this.#deed.on === undefined || this.#all(world).length > 0;
  }

  async run(world: World, house: House): Promise<void> {
    const step = this.#aim(world);
    this.#said = this.#say(world, step);
    this.#tally.deeds += 1;
    const expected = this.#deed.world(world, step);
    const found = await outcome(this.#deed.house(house, step));
    demandSame(this.#said, found, expected);
  }

  toString(): string {
    return this.#said;
  }

  #all(world: Pick<World, 'posts' | 'comments'>): readonly unknown[] {
    return this.#deed.on === 'comment' ? world.comments : world.posts;
  }

  #aim(world: World): Step {
    const step = this.#step;
    const count = this.#all(world).length;
    const any = { ...step, which: count > 0 ? step.which % count : 0 };
    const aims = step.aimed ? (this.#deed.aim?.(world, step) ?? []) : [];
    return aims.length > 0 ? { ...any, ...aims[step.which % aims.length] } : any;
  }

  #say(world: World, { who, whom, which, audience, backwards }: Step): string {
    const kind = this.#kind;
    if (kind === 'work')
      return backwards ? 'the worker works, last jobs first' : 'the worker works';
    const name = nameOf(who);
    if (kind === 'publish') return `${name} publishes post ${world.posts.length} for ${audience}`;
    if (kind === 'goPrivate' || kind === 'goPublic') return `${name} ${kind}`;
    if (this.#deed.on === undefined) return `${name} ${kind} ${nameOf(whom)}`;
    const by = this.#deed.on === 'comment' ? world.comments[which]?.by : world.posts[which]?.by;
    const what = `${this.#deed.on} ${which} of ${nameOf(by ?? GUEST)}`;
    return `${name} ${kind} ${what}${kind === 'audience' ? `: ${audience}` : ''}`;
  }
}

/** Says beside the difference where it stands. */
function demandSame(what: string, found: unknown, expected: unknown): void {
  try {
    assert.deepEqual(found, expected);
  } catch (error) {
    if (!(error instanceof assert.AssertionError)) throw error;
    throw new Error(`${what}: + the server, - the model\n${error.message}`);
  }
}

const LOOKS = {
  person: async (world: World, house: House, { who, whom }: Step, page: number) => {
    const found = await readPerson(house, who, whom, page);
    demandSame(`${nameOf(who)} sees ${nameOf(whom)}`, found, seePerson(world, who, whom));
  },
  post: async (world: World, house: House, { who, which }: Step, page: number) => {
    const post = world.posts[which];
    if (!post) return;
    const found = await readPost(house, who, which, page);
    demandSame(`${nameOf(who)} sees post ${which}`, found, seePost(world, who, post));
  },
  own: async (world: World, house: House, { who }: Step, page: number) => {
    if (who === GUEST) return;
    // A feed is what it is to be when the worker is done, and not before.
    world.work(false);
    await house.work(false);
    demandSame(
      `${nameOf(who)} sees their own`,
      await readOwn(house, who, page),
      seeOwn(world, who),
    );
  },
} as const;
type LookAt = keyof typeof LOOKS;

class Looking implements fc.AsyncCommand<World, House> {
  readonly #at: LookAt;
  readonly #step: Step;
  readonly #page: number;
  readonly #tally: Tally;

  constructor(at: LookAt, step: Step, page: number, tally: Tally) {
    this.#at = at;
    this.#step = step;
    this.#page = page;
    this.#tally = tally;
  }

  check(world: World): boolean {
    return this.#at !== 'post' || world.posts.length > 0;
  }

  async run(world: World, house: House): Promise<void> {
    const which = this.#step.which % Math.max(1, world.posts.length);
    this.#tally.looks += 1;
    await LOOKS[this.#at](world, house, { ...this.#step, which }, this.#page);
  }

  toString(): string {
    const { who, whom, which } = this.#step;
    const at = { person: nameOf(whom), post: `post ${which} (modulo)`, own: 'their own' }[this.#at];
    return `${nameOf(who)} looks at ${at}`;
  }
}

const people = fc.nat(PEOPLE.length - 1);
const aStep = {
  whom: people,
  which: fc.nat(59),
  audience: fc.constantFrom(...AUDIENCES),
  backwards: fc.boolean(),
  aimed: fc.boolean().map((not) => !not),
};

/** Commands at random, at most `max`: five deeds to a look. */
export function commands(max: number, tally: Tally) {
  const kinds = Object.entries(DEEDS).flatMap(([kind, { weight }]) =>
    Array<string>(weight).fill(kind),
  );
  const doing = fc
    .record({ kind: fc.constantFrom(...kinds), step: fc.record({ who: people, ...aStep }) })
    .map(({ kind, step }) => new Doing(kind, DEEDS[kind] as Deed, step, tally));
  const looking = fc
    .record({
      at: fc.constantFrom<LookAt>('person', 'post', 'own'),
      step: fc.record({ who: fc.constantFrom(...PEOPLE, GUEST), ...aStep }),
      page: fc.constantFrom(WHOLE_PAGE, SMALL_PAGE),
    })
    .map(({ at, step, page }) => new Looking(at, step, page, tally));
  const all = [doing, doing, doing, doing, doing, looking];
  return fc.commands(all, { maxCommands: max, size: 'max' });
}

/** Everyone, a guest too, looks at everybody, every post and their own. */
export async function lookAtAll(world: World, house: House, tally: Tally): Promise<void> {
  world.work(false);
  await house.work(false);
  for (const who of [...PEOPLE, GUEST]) {
    const step = { who, whom: 0, which: 0, audience: 'everyone', backwards: false } as const;
    const aimed = { ...step, aimed: false };
    const looks = [
      LOOKS.own(world, house, aimed, WHOLE_PAGE),
      ...PEOPLE.map((whom) => LOOKS.person(world, house, { ...aimed, whom }, WHOLE_PAGE)),
      ...world.posts.map(({ nr }) => LOOKS.post(world, house, { ...aimed, which: nr }, WHOLE_PAGE)),
    ];
    tally.looks += looks.length;
    // All are waited for, whichever differs: a read that still runs would be in the way of the next world.
    const failed = (await Promise.allSettled(looks)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
