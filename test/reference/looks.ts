/** What people see, held against what they may see by the plain tables. */
import assert from 'node:assert/strict';
import { hashtagFeed, profileFeed } from '../../api/feed.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import { getPost, type Post } from '../../api/posts.ts';
import { savedFeed } from '../../api/saves.ts';
import { compareIds } from '../../server/kernel/ids.ts';
import {
  type AskedHome,
  demandNoLeak,
  demandOrder,
  type HomePage,
  homePage,
  idsOf,
  PAGES_MAX,
  scrollHome,
} from './pages.ts';
import type { Process, Way } from './process.ts';
import {
  GUEST,
  referenceHomes,
  referenceProfile,
  referenceSights,
  type Shown,
} from './reference.ts';
import type { World } from './world.ts';

/** The post after which a cursor goes on. */
const placeOf = (cursor: string) => Buffer.from(cursor, 'base64url').toString('latin1').slice(2);

const setOf = (shown: readonly Shown[] | undefined) =>
  new Set((shown ?? []).map(({ post_id }) => post_id));

/** What each may have in their home feed at this moment. */
export async function allowedHomes(world: World, viewers: readonly PersonId[]) {
  const homes = await referenceHomes(world.stage.database.db, viewers, world.people);
  return new Map([...homes].map(([viewer, shown]) => [viewer, setOf(shown)]));
}

/** A page at any time: in order, and nothing that should not be there now. */
export async function lookAtHome(
  world: World,
  at: Process,
  viewer: PersonId,
  asked: AskedHome,
): Promise<HomePage> {
  // What is compared to the letter must have heard of every like, too.
  await world.catchUp(at, asked.way === 'every');
  const page = await homePage(at, viewer, asked);
  const { cursor } = asked;
  const what = `home of ${world.nameOf(viewer)}`;
  const ids = idsOf(page.items);
  demandOrder(what, ids, cursor === null ? null : placeOf(cursor));
  const allowed = (await allowedHomes(world, [viewer])).get(viewer);
  demandNoLeak(world, what, ids, allowed ?? new Set());
  return page;
}

/** Grids are written with the posts: they are exact at any time. */
export async function lookAtProfile(
  world: World,
  at: Process,
  [viewer, author]: readonly [PersonId, PersonId],
  limit: number,
  way: Way,
): Promise<void> {
  await world.catchUp(at, way === 'every');
  const what = `${world.nameOf(viewer)} looks at ${world.nameOf(author)}`;
  const { db } = world.stage.database;
  const expected = await referenceProfile(db, viewer, author);
  const found: PostId[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit } : { limit, cursor };
    const wish = { ...world.to(author), query };
    const page = await (way === 'call'
      ? at.ask(profileFeed, viewer, wish)
      : at.askOutside(profileFeed, viewer, wish, way));
    if ('refused' in page) break;
    found.push(...idsOf(page.answer.items));
    cursor = page.answer.pagination.next_cursor;
    if (cursor === null) break;
  }
  assert.deepEqual(found, expected, `${what}: + what is shown, - what should be`);
}

export async function lookAtPost(
  world: World,
  at: Process,
  viewer: PersonId,
  id: PostId,
): Promise<void> {
  await world.catchUp(at);
  const sights = await referenceSights(world.stage.database.db, viewer, world.people);
  const found = await at.ask(getPost, viewer, { params: { post_id: id } });
  const shown = 'answer' in found;
  const what = `${world.nameOf(viewer)} looks at ${world.postName(id)}`;
  assert.equal(shown, sights.has(id), `${what}: is it shown?`);
}

/** Lists that the worker keeps, or that somebody kept: nothing in them that is not for the viewer. */
export async function lookAtLists(
  world: World,
  at: Process,
  viewer: PersonId,
  [tag, limit]: readonly [number, number],
): Promise<void> {
  await world.catchUp(at);
  const name = world.tags[tag % world.tags.length] as string;
  const allowed = await referenceSights(world.stage.database.db, viewer, world.people);
  const query = { limit, order: 'recent' as const };
  const tagged = await at.ask(hashtagFeed, viewer, { params: { tag: name }, query });
  if ('answer' in tagged) {
    const ids = idsOf(tagged.answer.items);
    demandNoLeak(world, `#${name} for ${world.nameOf(viewer)}`, ids, allowed);
  }
  if (viewer === GUEST) return;
  const saved = await at.ask(savedFeed, viewer, { query: { limit } });
  if ('refused' in saved) throw new Error(`saved posts were refused: ${saved.refused}`);
  const ids = idsOf(saved.answer.items);
  demandNoLeak(world, `what ${world.nameOf(viewer)} saved`, ids, allowed);
}

/** As the reference has it: marks and counts, too. */
const shownOf = ({ post_id, viewer, likes_count }: Post): Shown => ({
  post_id,
  liked: viewer.liked,
  saved: viewer.saved,
  likes: likes_count ?? -1,
});

/**
 * When nothing is left to do: everyone's feed is the reference's, to its end, and so is what lies below
 * every cursor that anyone was ever given.
 */
export async function demandSame(world: World, seed: number): Promise<void> {
  const { db } = world.stage.database;
  const viewers = world.people.filter((id) => !world.suspended.has(id));
  for (const process of world.stage.processes) await world.catchUp(process, true);
  const homes = await referenceHomes(db, viewers, world.people);
  const looks = viewers.map(async (viewer, nr) => {
    const at = world.stage.process(seed + nr);
    const expected = homes.get(viewer) ?? [];
    const found = (await scrollHome(at, viewer, { cursor: null }, seed + nr)).map(shownOf);
    const what = `home of ${world.nameOf(viewer)} in process ${(seed + nr) % 2}`;
    demandEqual(world, what, found, expected);
  });
  const goings = world.held
    .filter(({ viewer }) => !world.suspended.has(viewer))
    .map(async ({ viewer, cursor }, nr) => {
      const found = idsOf(await scrollHome(world.stage.process(nr), viewer, { cursor }, seed + nr));
      const place = placeOf(cursor);
      const expected = (homes.get(viewer) ?? []).filter(
        ({ post_id }) => compareIds(post_id, place) < 0,
      );
      const what = `below a cursor of ${world.nameOf(viewer)}`;
      assert.deepEqual(
        found,
        expected.map(({ post_id }) => post_id),
        what,
      );
    });
  // All are waited for, whichever differs: a read that still runs would be in the way of the next world.
  const failed = (await Promise.allSettled([...looks, ...goings])).find(
    (one) => one.status === 'rejected',
  );
  if (failed) throw failed.reason;
}

function demandEqual(world: World, what: string, found: Shown[], expected: readonly Shown[]) {
  const line = ({ post_id, liked, saved, likes }: Shown) =>
    `${post_id} ${world.postName(post_id)}${liked ? ' liked' : ''}${saved ? ' saved' : ''} ${likes} likes`;
  assert.deepEqual(found.map(line), expected.map(line), `${what}: + the server, - the reference`);
}
