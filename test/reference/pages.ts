/** Pages of lists, in whatever way they are asked for, and what holds for all of them. */
import assert from 'node:assert/strict';
import { homeFeed } from '../../api/feed.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Post } from '../../api/posts.ts';
import type { FeedOrder } from '../../api/ranking.ts';
import { compareIds } from '../../server/kernel/ids.ts';
import type { Process, Way } from './process.ts';
import { dice } from './steps.ts';
import type { World } from './world.ts';

/** More pages than any list here can have. */
export const PAGES_MAX = 500;

/** A page of somebody's home feed. */
export interface HomePage {
  readonly items: readonly Post[];
  readonly next: string | null;
}

export interface AskedHome {
  readonly limit: number;
  readonly cursor: string | null;
  /** `latest` unless told. */
  readonly order?: FeedOrder;
  /** `call` unless told. */
  readonly way?: Way;
  /** Who is suspended in this very moment is shown nothing, and told so. */
  readonly mayBeOver?: boolean;
}

const WAYS: readonly Way[] = ['call', 'call', 'http', 'every'];
export const wayOf = (nr: number): Way => WAYS[nr % WAYS.length] ?? 'call';

/** Null when the cursor is refused, as one may be whose version was forgotten. */
export async function homePageIfAny(
  at: Process,
  viewer: PersonId,
  { limit, cursor, order = 'latest', way = 'call', mayBeOver = false }: AskedHome,
): Promise<HomePage | null> {
  const query = { limit, ...(cursor === null ? { order } : { cursor }) };
  const found = await (way === 'call'
    ? at.ask(homeFeed, viewer, { query })
    : at.askOutside(homeFeed, viewer, { query }, way));
  if ('refused' in found) {
    if (mayBeOver && found.refused === 'unauthenticated') return { items: [], next: null };
    assert.ok(cursor !== null, `the home feed was refused: ${found.refused}`);
    assert.equal(found.refused, 'invalid_cursor');
    return null;
  }
  const { items, pagination } = found.answer;
  assert.ok(items.length <= limit, 'more than was asked for');
  return { items, next: pagination.next_cursor };
}

export async function homePage(at: Process, viewer: PersonId, asked: AskedHome): Promise<HomePage> {
  const page = await homePageIfAny(at, viewer, asked);
  assert.ok(page, `the cursor ${asked.cursor} was refused`);
  return page;
}

/** From a cursor, or the top, to the end, with pages of all sizes. */
export async function scrollHome(
  at: Process,
  viewer: PersonId,
  from: Pick<AskedHome, 'cursor' | 'order'>,
  seed: number,
): Promise<Post[]> {
  const sizes = dice(seed);
  const items: Post[] = [];
  let { cursor } = from;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const limit = 1 + (sizes.next().value % 9);
    const page = await homePage(at, viewer, { ...from, limit, cursor, way: wayOf(seed + pages) });
    items.push(...page.items);
    cursor = page.next;
    if (cursor === null) return items;
  }
  throw new Error('a list without an end');
}

export const idsOf = (items: readonly Post[]) => items.map(({ post_id }) => post_id);

/** Latest first, none twice, all below `place`. */
export function demandOrder(what: string, ids: readonly PostId[], place: string | null): void {
  let last = place;
  for (const id of ids) {
    if (last !== null) assert.ok(compareIds(id, last) < 0, `${what}: ${id} comes after ${last}`);
    last = id;
  }
}

export function demandOnce(world: World, what: string, ids: readonly PostId[]): void {
  const seen = new Set<PostId>();
  for (const id of ids) {
    assert.ok(!seen.has(id), `${what}: ${world.postName(id)} comes twice`);
    seen.add(id);
  }
}

/** Nothing of `found` may be missing in `allowed`. */
export function demandNoLeak(
  world: World,
  what: string,
  found: readonly PostId[],
  allowed: ReadonlySet<PostId>,
): void {
  for (const id of found) {
    assert.ok(allowed.has(id), `${what}: ${world.postName(id)} is not for them`);
  }
}
