/**
 * What everyone may see, and what stands in their feed, asked of the base tables in the plainest way: no
 * entries, no index, no memory. Nothing of server/ is used here but the connection, and the words are
 * not those of its policy, so that the two can disagree.
 */
import type { PersonId, PostId } from '../../api/ids.ts';
import type { Queryable } from '../../server/ports/db/db.ts';

/** Who looks without an account. */
export const GUEST = '0' as PersonId;

export const follows = (whom: string) => `exists (select from follows_by_follower f
  where f.follower_id = v.person_id and f.followee_id = ${whom})`;

/** A block between `v` and somebody, whoever made it. */
export const BLOCKED = (whom: string) => `exists (select from blocks_by_blocker b
  where (b.blocker_id = v.person_id and b.blocked_id = ${whom})
     or (b.blocker_id = ${whom} and b.blocked_id = v.person_id))`;

/** Whether `v` may know of the post `p`, its own original left aside. */
const maySeeAlone = (p: string) => `(${p}.deleted_at is null
  and exists (select from people a where a.person_id = ${p}.author_id and a.state = 'active'
    and (a.person_id = v.person_id or a.privacy_level = 'public' or ${follows('a.person_id')}))
  and not ${BLOCKED(`${p}.author_id`)}
  and (${p}.author_id = v.person_id
    or (${p}.status = 'published' and ${p}.archived_at is null and case ${p}.audience
      when 'everyone' then true
      when 'followers' then ${follows(`${p}.author_id`)}
      else exists (select from close_friends_by_owner c
        where c.owner_id = ${p}.author_id and c.friend_id = v.person_id) end)))`;

export const MAY_SEE = `(${maySeeAlone('p')} and (p.repost_of is null
  or exists (select from posts o where o.post_id = p.repost_of and ${maySeeAlone('o')})))`;

export const SHOWN = `p.status = 'published' and p.archived_at is null and p.deleted_at is null`;

/** What all may see, with a hashtag that `v` follows. A repost has the hashtags of another post. */
const BY_HASHTAG = `(p.repost_of is null and p.audience = 'everyone'
  and exists (select from people a where a.person_id = p.author_id and a.privacy_level = 'public')
  and exists (select from hashtag_follows_by_person h
    where h.person_id = v.person_id and h.tag = any(p.hashtags)))`;

export const IN_HOME = `${SHOWN} and ${MAY_SEE} and (p.author_id = v.person_id or (
  (${follows('p.author_id')} or ${BY_HASHTAG})
  and not exists (select from mutes m
    where m.person_id = v.person_id and m.muted_id = p.author_id and m.posts)))`;

const MARKED = (table: string) => `exists (select from ${table} k
  where k.person_id = v.person_id and k.post_id = p.post_id)`;

/** A post as it is to stand before one viewer. */
export interface Shown {
  readonly post_id: PostId;
  readonly liked: boolean;
  readonly saved: boolean;
  /** -1 where they are hidden from the viewer. */
  readonly likes: number;
}

type Row = Shown & { readonly viewer: PersonId };

/** Each viewer's posts of these people for which `condition` holds, latest first. */
async function list(
  q: Queryable,
  condition: string,
  viewers: readonly PersonId[],
  authors: readonly PersonId[],
): Promise<Map<PersonId, Shown[]>> {
  const rows = await q.query<Row>(
    `select v.person_id as viewer, p.post_id, ${MARKED('likes_by_person')} as liked,
       ${MARKED('saves_by_person')} as saved,
       case when p.likes_hidden and p.author_id <> v.person_id then -1
         else (select count(*) from likes_by_post l where l.post_id = p.post_id) end::int as likes
     from unnest($1::bigint[]) as v (person_id)
     join posts p on p.author_id = any($2::bigint[]) and ${condition}
     order by p.post_id desc`,
    [viewers, authors],
  );
  const lists = new Map(viewers.map((viewer): [PersonId, Shown[]] => [viewer, []]));
  for (const { viewer, ...shown } of rows) lists.get(viewer)?.push(shown);
  return lists;
}

/** The home feeds: all shown posts of whom they follow, of themselves, and open ones with their hashtags. */
export function referenceHomes(q: Queryable, viewers: readonly PersonId[], world: PersonId[]) {
  return list(q, IN_HOME, viewers, world);
}

/** The grid of one author, as a viewer is to see it: what is pinned stands on top, the last one first. */
export async function referenceProfile(q: Queryable, viewer: PersonId, author: PersonId) {
  const lists = await list(q, `${SHOWN} and ${MAY_SEE}`, [viewer], [author]);
  const pinned = await q.query<{ post_id: PostId }>(
    'select post_id from pinned_posts where author_id = $1 order by pinned_at desc, post_id desc',
    [author],
  );
  const pins = pinned.map(({ post_id }) => post_id);
  const shown = (lists.get(viewer) ?? []).map(({ post_id }) => post_id);
  return [...pins.filter((id) => shown.includes(id)), ...shown.filter((id) => !pins.includes(id))];
}

/** All posts of these people that a viewer may know of, their own unpublished ones too. */
export async function referenceSights(q: Queryable, viewer: PersonId, world: PersonId[]) {
  const lists = await list(q, MAY_SEE, [viewer], world);
  return new Set((lists.get(viewer) ?? []).map(({ post_id }) => post_id));
}

/** Nobody's product needs it, but the plain questions are asked of every author again and again. */
export const REFERENCE_INDEX = 'create index reference_posts on posts (author_id)';
