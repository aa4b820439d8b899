/** The kinds of things that people do: each asks one process, and says what it did. */
import type * as graph from '../../api/graph.ts';
import type { PersonId } from '../../api/ids.ts';
import type * as posts from '../../api/posts.ts';
import type { Route } from '../../api/route.ts';
import type { Process, Wish } from './process.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

export interface Deed {
  /** How often, beside the others. */
  readonly weight: number;
  readonly act: (world: World, at: Process, step: Step) => Promise<string>;
}

/** A few are followed by most, so that they cross the threshold all the time. */
const STARS = 2;

export const whoOf = (world: World, { who }: Step) => world.person(who);
export const whomOf = (world: World, { whom }: Step) =>
  whom % 3 === 0 ? world.person(Math.floor(whom / 3) % STARS) : world.person(whom);

/** Nobody acts whose account is suspended: their sessions have ended. */
export async function ask<R extends Route>(
  world: World,
  at: Process,
  [contract, who, wish]: readonly [R, PersonId, Wish<R>],
): Promise<string> {
  if (world.suspended.has(who)) return 'is suspended';
  const answer = await at.ask(contract, who, wish);
  return 'refused' in answer ? answer.refused : 'done';
}

type ToAnother = Route & Pick<typeof graph.block, 'params'>;

/** One person does something to another. */
export const toAnother = (
  weight: number,
  kind: string,
  contract: ToAnother,
  body: object = {},
): Deed => ({
  weight,
  async act(world, at, step) {
    const [who, whom] = [whoOf(world, step), whomOf(world, step)];
    const came = await ask(world, at, [contract, who, { ...world.to(whom), body }]);
    return `${world.nameOf(who)} ${kind} ${world.nameOf(whom)}: ${came}`;
  },
});

/** One of the pairs that stand in a table, so that there is something to undo. */
export async function aPair(world: World, { which }: Step, [table, from, to]: readonly string[]) {
  const pairs = await world.stage.database.db.query<{ one: PersonId; other: PersonId }>(
    `select ${from} as one, ${to} as other from ${table} where ${from} = any($1::bigint[])
     order by 1, 2`,
    [world.people],
  );
  return pairs[which % Math.max(1, pairs.length)];
}

/** One person undoes something to another. */
export const undo = (
  weight: number,
  kind: string,
  contract: ToAnother,
  pairs: readonly [table: string, who: string, whom: string],
): Deed => ({
  weight,
  async act(world, at, step) {
    const pair = await aPair(world, step, pairs);
    if (!pair) return `nobody ${kind}`;
    const came = await ask(world, at, [contract, pair.one, world.to(pair.other)]);
    return `${world.nameOf(pair.one)} ${kind} ${world.nameOf(pair.other)}: ${came}`;
  },
});

export type OnPost = Route & Pick<typeof posts.getPost, 'params'>;

export const aPost = (world: World, { which }: Step) =>
  world.posts[which % Math.max(1, world.posts.length)];

/** Somebody does something to a post of anybody. */
export const toPost = (weight: number, kind: string, contract: OnPost): Deed => ({
  weight,
  async act(world, at, step) {
    const post = aPost(world, step);
    if (!post) return `no post to ${kind}`;
    const who = whoOf(world, step);
    const came = await ask(world, at, [contract, who, { params: { post_id: post.id } }]);
    return `${world.nameOf(who)} ${kind} ${world.postName(post.id)}: ${came}`;
  },
});

/** Its author does something to a post. */
export const toOwn = (weight: number, kind: string, contract: OnPost): Deed => ({
  weight,
  async act(world, at, step) {
    const post = aPost(world, step);
    if (!post) return `no post to ${kind}`;
    const came = await ask(world, at, [contract, post.by, { params: { post_id: post.id } }]);
    return `${world.nameOf(post.by)} ${kind} ${world.postName(post.id)}: ${came}`;
  },
});
