/** What is recommended: only what is open, of others, and new to the reader; and each for a reason that holds. */
import assert from 'node:assert/strict';
import { type ExplorePost, exploreFeed } from '../../api/feed.ts';
import type { PersonId, PostId } from '../../api/ids.ts';
import { findPopularPosts } from '../../server/features/explore/popular.ts';
import type { Queryable } from '../../server/ports/db/db.ts';
import { demandOnce, idsOf, PAGES_MAX, wayOf } from './pages.ts';
import type { Process } from './process.ts';
import { BLOCKED, follows, SHOWN } from './reference.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

/** A version that is older is not shown. */
const STALE_MS = 3600 * 1000 + 1;
/** Of one author no more are popular. */
const POPULAR_OF_ONE = 5;

/** What anybody may see, an author's originals. */
const OPEN = `${SHOWN} and p.repost_of is null and p.audience = 'everyone'
  and exists (select from people a where a.person_id = p.author_id
    and a.state = 'active' and a.privacy_level = 'public')`;

const marked = (table: string) => `exists (select from ${table} k
  where k.person_id = v.person_id and k.post_id = p.post_id)`;

const IN_EXPLORE = `${OPEN} and p.author_id <> v.person_id
  and not ${follows('p.author_id')} and not ${BLOCKED('p.author_id')}
  and not exists (select from mutes m
    where m.person_id = v.person_id and m.muted_id = p.author_id and m.posts)
  and not ${marked('likes_by_person')} and not ${marked('saves_by_person')}
  and not ${marked('reposts_by_person')} and not ${marked('seen_posts')}`;

/** Posts that `v` has liked or saved, whatever became of them. */
const LIKED = `(select post_id from likes_by_person where person_id = v.person_id
  union select post_id from saves_by_person where person_id = v.person_id)`;

/** Whether the reason holds now; `$4`: it was found just now, and so does what led to it. */
const HOLDS = `case e.kind
  when 'popular' then e.label is null
  when 'liked_together' then e.label is null and (not $4 or exists (
    select from likes_by_post mine join likes_by_post theirs on theirs.person_id = mine.person_id
    where mine.post_id in ${LIKED} and mine.person_id <> v.person_id and theirs.post_id = p.post_id))
  when 'hashtag' then e.label = any(p.hashtags) and (not $4
    or exists (select from hashtag_follows_by_person h
      where h.person_id = v.person_id and h.tag = e.label)
    or exists (select from posts s where s.post_id in ${LIKED} and e.label = any(s.hashtags)))
  else not p.likes_hidden and exists (select from people l
    join likes_by_person k on k.person_id = l.person_id and k.post_id = p.post_id
    where l.username = e.label and l.state = 'active' and ${follows('l.person_id')}
      and not ${BLOCKED('l.person_id')}) end`;

interface Judged {
  readonly post_id: PostId;
  readonly is_for_them: boolean;
  readonly holds: boolean;
}

async function judge(
  q: Queryable,
  viewer: PersonId,
  items: readonly ExplorePost[],
  isFresh: boolean,
): Promise<Judged[]> {
  return q.query<Judged>(
    `select p.post_id, (${IN_EXPLORE}) as is_for_them, (${HOLDS}) as holds
     from (select $1::bigint as person_id) as v,
       jsonb_to_recordset($2::jsonb) as e (post_id bigint, kind text, label text)
     join posts p on p.post_id = e.post_id and p.post_id = any($3::bigint[])
     order by p.post_id`,
    [
      viewer,
      JSON.stringify(items.map(({ post_id, reason }) => ({ post_id, ...reason }))),
      idsOf(items),
      isFresh,
    ],
  );
}

/** What cannot be missing: all that is for them, of those who have not posted too much to be popular. */
async function wanted(q: Queryable, viewer: PersonId, authors: readonly PersonId[]) {
  const rows = await q.query<{ post_id: PostId }>(
    `select p.post_id from (select $1::bigint as person_id) as v
     join posts p on p.author_id = any($2::bigint[]) and ${IN_EXPLORE}
     where (select count(*) from posts o where o.author_id = p.author_id) <= ${POPULAR_OF_ONE}
     order by p.post_id`,
    [viewer, authors],
  );
  return rows.map(({ post_id }) => post_id);
}

/**
 * All that is recommended to somebody. `isFresh`: it is made anew, of what is popular now; then all that is
 * there to be recommended must be in it.
 */
export async function lookAtExplore(
  world: World,
  at: Process,
  viewer: PersonId,
  { limit, dice }: Step,
  isFresh: boolean,
): Promise<number> {
  const { clock, database } = world.stage;
  if (isFresh) {
    clock.advance(STALE_MS);
    await findPopularPosts(at.ctx);
  }
  await world.catchUp(at, true);
  const items: ExplorePost[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages === 0 || cursor !== null; pages += 1) {
    assert.ok(pages < PAGES_MAX, 'a list without an end');
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: limit + 3 } : { limit: limit + 3, cursor };
    const way = wayOf(dice + pages);
    const page = await (way === 'call'
      ? at.ask(exploreFeed, viewer, { query })
      : at.askOutside(exploreFeed, viewer, { query }, way));
    if ('refused' in page) throw new Error(`explore was refused: ${page.refused}`);
    items.push(...page.answer.items);
    cursor = page.answer.pagination.next_cursor;
  }
  const what = `explore of ${world.nameOf(viewer)}`;
  demandOnce(world, what, idsOf(items));
  const judged = new Map(
    (await judge(database.db, viewer, items, isFresh)).map((one) => [one.post_id, one]),
  );
  for (const { post_id, reason } of items) {
    const told = `${what}: ${world.postName(post_id)}, ${JSON.stringify(reason)}`;
    assert.ok(judged.get(post_id)?.is_for_them, `${told}: is not for them`);
    assert.ok(judged.get(post_id)?.holds, `${told}: the reason does not hold`);
  }
  if (!isFresh) return items.length;
  const found = new Set(idsOf(items));
  for (const id of await wanted(database.db, viewer, world.people)) {
    assert.ok(found.has(id), `${what}: ${world.postName(id)} is missing`);
  }
  return items.length;
}
