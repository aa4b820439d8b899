import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import { tell } from '../../kernel/hints.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { FOLLOWED, UNFOLLOWED } from '../graph/follow.ts';
import { followedAmong, followerBatch } from '../graph/store.ts';
import { PUBLISHED, RESTORED, UNARCHIVED } from '../posts/events.ts';
import { lookAt } from '../posts/look.ts';
import { findPosts, listPostsByAuthor } from '../posts/store.ts';
import { comesByHashtag, followedTags, hashtagBackfill, hashtagFanOut } from './by-hashtag.ts';
import { openedAuthors } from './opened-author.ts';
import { insertEntries, removeAuthor } from './store.ts';

/** Rows of one bulk insert. */
export const FAN_OUT_BATCH = 1000;
/** How many posts of someone newly followed enter the follower's feed. */
export const BACKFILL_POSTS = 40;

/**
 * Pushes a published post into the feeds of its author and everyone who follows them, in batches; one
 * that comes back too, in silence, for those who began to follow while it was away.
 */
export const fanOut: Consumer = {
  name: 'feed.fan_out',
  group: 'posts',
  types: [PUBLISHED, RESTORED, UNARCHIVED],
  async handle(ctx, tx, event) {
    if (event.payload.shown === false) return undefined;
    const postId = event.key as PostId;
    const authorId = event.payload.author_id as PersonId;
    const batches: PersonId[][] = [[authorId]];
    let after: PersonId | '0' = '0';
    for (;;) {
      const followers: PersonId[] = await followerBatch(tx, authorId, after, FAN_OUT_BATCH);
      const last = followers.at(-1);
      if (last === undefined) break;
      batches.push(followers);
      after = last;
    }
    for (const people of batches) {
      const entry = {
        post_id: postId,
        author_id: authorId,
        repost_of: (event.payload.repost_of ?? null) as PostId | null,
        repost_author_id: (event.payload.repost_author_id ?? null) as PersonId | null,
      };
      await insertEntries(
        tx,
        people.map((person_id) => ({ person_id, ...entry })),
      );
    }
    if (event.type !== PUBLISHED) return undefined;
    return () => {
      for (const people of batches) tellPeople(ctx, people, { postId, authorId });
    };
  },
};

/** A hint must fit into one NOTIFY of PostgreSQL (8,000 bytes). */
const PEOPLE_PER_HINT = 300;

function tellPeople(
  ctx: Context,
  people: readonly PersonId[],
  { postId, authorId }: { postId: PostId; authorId: PersonId },
): void {
  for (let start = 0; start < people.length; start += PEOPLE_PER_HINT) {
    const person_ids = people.slice(start, start + PEOPLE_PER_HINT);
    tell(ctx, 'feed.new_post', { person_ids, post_id: postId, user_id: authorId });
  }
}

/** Brings a new followee's latest posts into the follower's feed, and takes them out when it ends. */
export const followBackfill: Consumer = {
  name: 'feed.follow_backfill',
  group: 'people',
  types: [FOLLOWED, UNFOLLOWED],
  async handle(_ctx, tx, event) {
    const personId = event.key as PersonId;
    const authorId = event.payload.followee_id as PersonId;
    // What holds now counts, not what held when the event was written.
    const follows = await followedAmong(tx, personId, [authorId]);
    if (!follows.has(authorId)) {
      await removeAuthor(tx, personId, authorId);
      await keepByHashtag(tx, personId, authorId);
      return undefined;
    }
    const posts = await listPostsByAuthor(tx, authorId, BACKFILL_POSTS, null);
    await insertEntries(
      tx,
      posts.map((post) => ({ person_id: personId, ...post })),
    );
    return undefined;
  },
};

/** What of an author who is followed no more still comes by a hashtag goes back in. */
async function keepByHashtag(tx: Transaction, personId: PersonId, authorId: PersonId) {
  const tags = await followedTags(tx, personId);
  if (tags.size === 0) return;
  const refs = await listPostsByAuthor(tx, authorId, BACKFILL_POSTS, null);
  const posts = await findPosts(
    tx,
    refs.map((ref) => ref.post_id),
  );
  const looks = await lookAt(tx, posts, null);
  const kept = refs.filter(({ post_id, repost_of }) => {
    const look = looks.get(post_id);
    return look !== undefined && repost_of === null && comesByHashtag(look, tags);
  });
  await insertEntries(
    tx,
    kept.map((ref) => ({ person_id: personId, ...ref })),
  );
}

export const feedConsumers: readonly Consumer[] = [
  fanOut,
  hashtagFanOut,
  followBackfill,
  hashtagBackfill,
  openedAuthors,
];
