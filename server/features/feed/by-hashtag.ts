import type { PersonId, PostId } from '../../../api/ids.ts';
import { FOLLOWED_HASHTAGS_MAX } from '../../../api/limits.ts';
import type { Context } from '../../context.ts';
import type { Consumer, StoredEvent } from '../../kernel/events.ts';
import { isOpenToAll, type Look } from '../../kernel/visibility.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { followedAmong } from '../graph/store.ts';
import { TAG_FOLLOWED, TAG_UNFOLLOWED } from '../hashtags/follow.ts';
import { followedTagsAmong, listTagFollows } from '../hashtags/store.ts';
import { findPeople } from '../people/store.ts';
import { EDITED, isWithoutTopics, PUBLISHED, RESTORED, UNARCHIVED } from '../posts/events.ts';
import { findPosts, type PostRow } from '../posts/store.ts';
import { listUnderTopic, underTagsAmong } from '../topics/store.ts';
import { bringPosts } from './bring.ts';
import { startFanOuts } from './start-fan-outs.ts';
import { removeEntries } from './store.ts';
import { trimSoon } from './trim.ts';

/** How many posts of a hashtag are taken out of a feed when it is followed no more; a read judges all. */
const TAKEN_OUT_MAX = 1000;

/** The hashtags that a person follows; at most 100. */
export async function followedTags(q: Queryable, personId: PersonId): Promise<Set<string>> {
  const follows = await listTagFollows(q, personId, FOLLOWED_HASHTAGS_MAX, null);
  return new Set(follows.map((follow) => follow.tag));
}

/** Whether a post may come to somebody's feed by a hashtag of it that they follow: only what all may see. */
export function mayComeByHashtag({ post, person }: Look & { readonly post: PostRow }): boolean {
  return post.hashtags.length > 0 && isOpenToAll(post, person);
}

export function hasAny(tags: readonly string[], followed: ReadonlySet<string>): boolean {
  return followed.size > 0 && tags.some((tag) => followed.has(tag));
}

/**
 * Pushes a post that all may see into the feeds of those who follow its hashtags, in batches; again
 * when it has been edited or brought back, for it may have other hashtags then. Nobody is told of it
 * in their open page: among them may be people whom its author has blocked.
 */
export const hashtagFanOut: Consumer = {
  name: 'feed.hashtag_fan_out',
  group: 'posts',
  types: [PUBLISHED, EDITED, RESTORED, UNARCHIVED],
  handle: (ctx, tx, event) => pushByHashtags(ctx, tx, tagged([event])),
  handleMany: (ctx, tx, events) => pushByHashtags(ctx, tx, tagged(events)),
};

/** The posts that may have followed hashtags, each once; what is not shown any more leaves nothing to do. */
function tagged(events: readonly StoredEvent[]): Authored[] {
  const posts = new Map<string, Authored>();
  for (const { key, payload } of events) {
    if (payload.shown === false || isWithoutTopics(payload)) continue;
    posts.set(key, { post_id: key as PostId, author_id: payload.author_id as PersonId });
  }
  return [...posts.values()];
}

type Authored = Pick<PostRow, 'post_id' | 'author_id'>;

/** Those that are not open to all now are left out. What it gives back is to be run after the commit. */
export async function pushByHashtags(
  ctx: Context,
  tx: Transaction,
  wanted: readonly Authored[],
): Promise<(() => void) | undefined> {
  if (wanted.length === 0) return undefined;
  const [posts, people] = await Promise.all([
    findPosts(
      tx,
      wanted.map((post) => post.post_id),
    ),
    findPeople(tx, [...new Set(wanted.map((post) => post.author_id))]),
  ]);
  const authors = new Map(people.map((person) => [person.person_id, person]));
  const starts = posts.flatMap((post) => {
    const author = authors.get(post.author_id);
    if (post.repost_of !== null || !author || !isOpenToAll(post, author)) return [];
    const { post_id, author_id, repost_of, repost_author_id } = post;
    const ref = { post_id, author_id, repost_of, repost_author_id };
    // Nobody counts who follows a hashtag: whether they are few is seen when they are looked at.
    const way = { told: false, careful: true, followers: 0 };
    return [...new Set(post.hashtags)].sort().map((source) => ({ post: ref, source, ...way }));
  });
  return starts.length > 0 ? startFanOuts(ctx, tx, starts) : undefined;
}

/**
 * Brings the posts of a newly followed hashtag into the feed, as far back as it is complete, and takes
 * them out when it ends.
 */
export const hashtagBackfill: Consumer = {
  name: 'feed.hashtag_backfill',
  group: 'people',
  types: [TAG_FOLLOWED, TAG_UNFOLLOWED],
  async handle(ctx, tx, event) {
    const personId = event.key as PersonId;
    const tag = String(event.payload.tag);
    // What holds now counts, not what held when the event was written.
    const follows = (await followedTagsAmong(tx, personId, [tag])).has(tag);
    const posts = await listUnderTopic(
      tx,
      { kind: 'hashtag', tag },
      {
        take: follows ? ctx.config.feedEntries + 1 : TAKEN_OUT_MAX,
        before: null,
        openOnly: follows,
      },
    );
    if (follows) {
      const refs = posts.map((post) => ({ ...post, repost_of: null, repost_author_id: null }));
      if (refs.length > 0) await bringPosts(ctx, tx, [personId], refs);
      return () => trimSoon(ctx);
    }
    const authors = posts.map((post) => post.author_id);
    const postIds = posts.map((post) => post.post_id);
    const others = await followedTags(tx, personId);
    const followed = await followedAmong(tx, personId, authors);
    const kept = await underTagsAmong(tx, [...others], postIds);
    const gone = posts.filter(
      ({ post_id, author_id }) =>
        author_id !== personId && !followed.has(author_id) && !kept.has(post_id),
    );
    await removeEntries(
      tx,
      personId,
      gone.map((post) => post.post_id),
    );
    return undefined;
  },
};
