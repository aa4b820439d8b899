import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { addToPostsCounts } from '../hashtags/store.ts';
import { findPerson } from '../people/store.ts';
import { ARCHIVED, DELETED, EDITED, PUBLISHED, RESTORED, UNARCHIVED } from '../posts/events.ts';
import { findPost } from '../posts/store.ts';
import { dropRanks } from './ranks-store.ts';
import {
  beginIndexed,
  type IndexedPost,
  lockIndexed,
  putUnderTopics,
  saveIndexed,
  takeFromPlace,
  takeFromTags,
} from './store.ts';
import { topicName } from './topic.ts';

/** Keeps the index of posts by hashtag and place: whatever the event says, it holds what holds now. */
export const indexPosts: Consumer = {
  name: 'topics.index_posts',
  group: 'posts',
  types: [PUBLISHED, EDITED, DELETED, RESTORED, ARCHIVED, UNARCHIVED],
  async handle(_ctx, tx, event) {
    await indexPost(tx, event.key as PostId);
    return undefined;
  },
};

const NOTHING = { tags: [], place_id: null, open: false } as const;

/**
 * What the index is to hold of a post as it stands: its hashtags and place, while it is published and
 * neither archived nor deleted. A repost stands nowhere: its original does.
 */
async function wantedOf(tx: Transaction, postId: PostId): Promise<IndexedPost | null> {
  const post = await findPost(tx, postId);
  if (post?.status !== 'published' || post.deleted_at || post.archived_at || post.repost_of)
    return null;
  const author = await findPerson(tx, post.author_id);
  const place_id = post.place?.place_id ?? null;
  if (!author || (post.hashtags.length === 0 && place_id === null)) return null;
  return {
    author_id: post.author_id,
    tags: [...new Set(post.hashtags)],
    place_id,
    open: isOpenToAll(post, author),
  };
}

/**
 * Brings the index, the counts of hashtags and the rankings to what holds of one post now. Doing it
 * again changes nothing; two at once take turns.
 */
export async function indexPost(tx: Transaction, postId: PostId): Promise<void> {
  let held = await lockIndexed(tx, postId);
  let wanted = await wantedOf(tx, postId);
  if (held === null) {
    if (wanted === null) return;
    await beginIndexed(tx, postId, wanted.author_id);
    held = await lockIndexed(tx, postId);
    // Under the lock, because another may just have been here with something newer.
    wanted = await wantedOf(tx, postId);
  }
  await settle(tx, postId, held ?? { author_id: '0' as PersonId, ...NOTHING }, wanted);
}

async function settle(
  tx: Transaction,
  postId: PostId,
  held: IndexedPost,
  wanted: IndexedPost | null,
) {
  const now = wanted ?? { ...held, ...NOTHING };
  const goneTags = held.tags.filter((tag) => !now.tags.includes(tag));
  await takeFromTags(tx, postId, goneTags);
  const gone = goneTags.map((tag) => topicName({ kind: 'hashtag', tag }));
  if (held.place_id !== null && held.place_id !== now.place_id) {
    await takeFromPlace(tx, postId, held.place_id);
    gone.push(topicName({ kind: 'place', placeId: held.place_id }));
  }
  await dropRanks(tx, postId, gone);
  await putUnderTopics(tx, postId, now);
  await saveIndexed(tx, postId, wanted);
  const counted = (post: IndexedPost) => (post.open ? post.tags : []);
  const changes = new Map<string, number>();
  for (const tag of counted(now)) changes.set(tag, 1);
  for (const tag of counted(held)) changes.set(tag, (changes.get(tag) ?? 0) - 1);
  for (const [tag, by] of changes) if (by === 0) changes.delete(tag);
  await addToPostsCounts(tx, changes);
}

/** Takes a post that is going for good out of every page. Doing it again changes nothing. */
export async function forgetPost(ctx: Context, postId: PostId): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const held = await lockIndexed(tx, postId);
    if (held) await settle(tx, postId, held, null);
  });
}
