import type { PersonId, PostId } from '../../../api/ids.ts';
import { STRANGER } from '../../kernel/visibility.ts';
import type { Queryable } from '../../ports/db/db.ts';
import { meetable, relationsAmong } from '../graph/relations.ts';
import { KINDS_FOR_POSTS } from '../graph/relations-store.ts';
import { type Marks, marksAmong, NO_MARKS } from '../marks/store.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import type { MediaRow } from '../media/store.ts';
import { hydratePeople } from '../people/hydrate.ts';
import type { PostLook } from './look.ts';
import { findPosts, type PostInList, type PostRow } from './store.ts';

/** All the parts of one post, fetched: what the rules ask for, and what is shown. */
export interface HydratedPost extends PostLook {
  readonly media: readonly MediaRow[];
  readonly marks: Marks;
  readonly original?: HydratedPost | null;
  /** Those of the tagged and mentioned who may stand before the viewer. */
  readonly named: ReadonlySet<PersonId>;
}

/**
 * Refs → all parts of the posts, in one parallel wave of five statements whose size is bounded by the
 * page; a second one of two statements only when somebody is tagged or mentioned. Posts that are gone
 * are not in the map. Nothing is judged here.
 */
export async function hydratePosts(
  q: Queryable,
  refs: readonly PostInList[],
  viewerId: PersonId | null,
): Promise<Map<PostId, HydratedPost>> {
  if (refs.length === 0) return new Map();
  const postIds = refs.flatMap(({ post_id, repost_of }) =>
    repost_of ? [post_id, repost_of] : post_id,
  );
  const authorIds = refs.flatMap(({ author_id, repost_author_id }) =>
    repost_author_id ? [author_id, repost_author_id] : author_id,
  );
  const [posts, people, media, marks, relations] = await Promise.all([
    findPosts(q, postIds),
    hydratePeople(q, authorIds),
    mediaOfPosts(q, postIds),
    marksAmong(q, viewerId, postIds),
    relationsAmong(q, viewerId, authorIds, KINDS_FOR_POSTS),
  ]);
  const named = await namedIn(q, posts, viewerId);
  const byId = new Map(posts.map((post) => [post.post_id, post]));
  const build = (post: PostRow): HydratedPost | null => {
    const person = people.get(post.author_id);
    if (!person) return null;
    const relation = relations.get(post.author_id) ?? STRANGER;
    const parts = {
      post,
      person,
      viewerId,
      relation,
      media: media.get(post.post_id) ?? [],
      marks: marks.get(post.post_id) ?? NO_MARKS,
      named,
    };
    if (post.repost_of === null) return parts;
    const original = byId.get(post.repost_of);
    return { ...parts, original: original ? build(original) : null };
  };
  const hydrated = new Map<PostId, HydratedPost>();
  for (const { post_id } of refs) {
    const post = byId.get(post_id);
    const found = post && build(post);
    if (found) hydrated.set(post_id, found);
  }
  return hydrated;
}

async function namedIn(
  q: Queryable,
  posts: readonly PostRow[],
  viewerId: PersonId | null,
): Promise<ReadonlySet<PersonId>> {
  const ids = posts.flatMap(({ tagged, mentions }) =>
    [...tagged, ...mentions].map(({ person_id }) => person_id),
  );
  if (ids.length === 0) return NOBODY;
  return new Set((await meetable(q, viewerId, ids)).keys());
}
const NOBODY: ReadonlySet<PersonId> = new Set();
