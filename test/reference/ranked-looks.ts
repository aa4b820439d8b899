/** The ranked feed: in the order of the reference when it is made, and as it was made to its end. */
import assert from 'node:assert/strict';
import type { PersonId, PostId } from '../../api/ids.ts';
import { whyPost } from '../../api/ranking.ts';
import { compareIds } from '../../server/kernel/ids.ts';
import { allowedHomes } from './looks.ts';
import {
  demandNoLeak,
  demandOnce,
  homePage,
  homePageIfAny,
  idsOf,
  PAGES_MAX,
  scrollHome,
  wayOf,
} from './pages.ts';
import type { Process } from './process.ts';
import { type RankedPost, referenceRanking } from './ranking.ts';
import type { Step } from './steps.ts';
import type { HeldRanking, World } from './world.ts';

/** What sums in another order may differ by. */
const NOTHING = 1e-9;
/** A first page that is asked for so long after the last one is ranked anew. */
const STALE_MS = 5 * 60 * 1000 + 1;

/**
 * A first page at any time, and all that lies below it: nothing that should not be there, nothing twice.
 * The place is kept, to go on from later.
 */
export async function lookAtRanked(
  world: World,
  at: Process,
  viewer: PersonId,
  { limit, dice }: Step,
): Promise<HeldRanking | null> {
  await world.catchUp(at, true);
  const way = wayOf(dice);
  const first = await homePage(at, viewer, { limit, cursor: null, order: 'ranked', way });
  const rest = first.next === null ? NOTHING_BELOW : await goOn(at, viewer, first.next, dice);
  assert.ok(rest, 'a version is forgotten at once');
  const what = `ranked home of ${world.nameOf(viewer)}`;
  const ids = [...idsOf(first.items), ...rest.ids];
  demandOnce(world, what, ids);
  const allowed = (await allowedHomes(world, [viewer])).get(viewer) ?? new Set();
  demandNoLeak(world, what, ids, allowed);
  if (first.next === null || !isRanked(first.next)) return null;
  return { viewer, cursor: first.next, below: rest.ranked };
}

/** Those of a version; below it the list goes on in the order of time. */
const isRanked = (cursor: string) => Buffer.from(cursor, 'base64url').toString().startsWith('3:');

interface Below {
  readonly ids: readonly PostId[];
  /** Those that surely stood in the version. */
  readonly ranked: readonly PostId[];
}
const NOTHING_BELOW: Below = { ids: [], ranked: [] };

/** To the end; null when the version was forgotten. */
async function goOn(
  at: Process,
  viewer: PersonId,
  from: string,
  seed: number,
): Promise<Below | null> {
  const ids: PostId[] = [];
  const ranked: PostId[] = [];
  let cursor: string | null = from;
  for (let pages = 0; cursor !== null; pages += 1) {
    assert.ok(pages < PAGES_MAX, 'a list without an end');
    const asked = { limit: 1 + ((seed + pages) % 5), cursor, way: wayOf(seed + pages) };
    const page = await homePageIfAny(at, viewer, asked);
    if (!page) return null;
    ids.push(...idsOf(page.items));
    cursor = page.next;
    if (cursor !== null && isRanked(cursor)) ranked.push(...idsOf(page.items));
  }
  return { ids, ranked };
}

/**
 * Going on later: what was below stands in the same order as then, without what has been hidden from them
 * since, whatever was liked, posted and chosen meanwhile.
 */
export async function lookOn(
  world: World,
  at: Process,
  { viewer, cursor, below }: HeldRanking,
  { dice }: Step,
): Promise<boolean> {
  await world.catchUp(at, true);
  const found = (await goOn(at, viewer, cursor, dice))?.ids;
  if (!found) return false;
  const what = `below a ranked cursor of ${world.nameOf(viewer)}`;
  const allowed = (await allowedHomes(world, [viewer])).get(viewer) ?? new Set();
  demandOnce(world, what, found);
  demandNoLeak(world, what, found, allowed);
  const before = new Set(below);
  assert.deepEqual(
    found.filter((id) => before.has(id)),
    below.filter((id) => allowed.has(id)),
    `${what}: + what is there now, - what was there`,
  );
  return true;
}

/**
 * When nothing is left to do: the ranked feed of every other one is that of the reference, post by post. Gives
 * those feeds.
 */
export async function demandRanked(
  world: World,
  seed: number,
): Promise<readonly (readonly RankedPost[])[]> {
  const { clock, database } = world.stage;
  clock.advance(STALE_MS);
  const viewers = world.people.filter(
    (id, nr) => !world.suspended.has(id) && (seed + nr) % 2 === 0,
  );
  for (const process of world.stage.processes) await world.catchUp(process, true);
  const feeds = await referenceRanking(database.db, viewers, world.people, clock.now());
  const looks = viewers.map((viewer, nr) =>
    demandRankedFor(world, world.stage.process(seed + nr), viewer, {
      feed: feeds.get(viewer) ?? [],
      seed: seed + nr,
    }),
  );
  const failed = (await Promise.allSettled(looks)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return [...feeds.values()];
}

async function demandRankedFor(
  world: World,
  at: Process,
  viewer: PersonId,
  { feed, seed }: { readonly feed: readonly RankedPost[]; readonly seed: number },
): Promise<void> {
  const what = `ranked home of ${world.nameOf(viewer)}`;
  const found = idsOf(await scrollHome(at, viewer, { cursor: null, order: 'ranked' }, seed));
  const sorted = (ids: readonly PostId[]) => [...ids].sort(compareIds);
  const expected = feed.map(({ post_id }) => post_id);
  assert.deepEqual(sorted(found), sorted(expected), `${what}: + the server, - the reference`);
  const known = new Map(feed.map((post) => [post.post_id, post]));
  for (const [place, id] of found.entries()) {
    const [post, next] = [known.get(id), known.get(found[place + 1] as PostId)];
    if (post && next) demandBefore(world, what, post, next);
  }
  const chosen = feed[seed % Math.max(1, feed.length)];
  if (chosen) await demandWhy(world, at, viewer, chosen);
}

/** The better one first; of equals that have all in common but their time, the newer one. */
function demandBefore(world: World, what: string, one: RankedPost, next: RankedPost): void {
  const say = (post: RankedPost) =>
    `${world.postName(post.post_id)} (${post.score}${post.seen ? ', seen' : ''})`;
  const told = `${what}: ${say(one)} stands before ${say(next)}`;
  assert.ok(one.score > next.score - NOTHING, told);
  if (one.score === next.score && one.author_id === next.author_id) {
    assert.ok(compareIds(one.post_id, next.post_id) > 0, told);
  }
}

async function demandWhy(world: World, at: Process, viewer: PersonId, post: RankedPost) {
  const found = await at.ask(whyPost, viewer, { params: { post_id: post.post_id } });
  const what = `why ${world.nameOf(viewer)} sees ${world.postName(post.post_id)}`;
  if ('refused' in found) throw new Error(`${what} was refused: ${found.refused}`);
  const { score, terms, factors, because } = found.answer;
  const close = Math.abs(score - post.score) < NOTHING;
  assert.ok(close, `${what}: ${score}, and not ${post.score}: ${JSON.stringify(found.answer)}`);
  const product = factors.reduce((all, { factor }) => all * factor, 1);
  const told = terms.reduce((sum, { points }) => sum + points, 0) * product;
  assert.ok(Math.abs(told - score) < NOTHING, `${what}: its terms come to ${told}, not ${score}`);
  assert.equal(because.kind, post.because, what);
}
