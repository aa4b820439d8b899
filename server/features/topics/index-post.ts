import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer, StoredEvent } from '../../kernel/events.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { addToPostsCounts } from '../hashtags/store.ts';
import { findPeople, type PersonRow } from '../people/store.ts';
import {
  ARCHIVED,
  DELETED,
  EDITED,
  isOfRepost,
  isWithoutTopics,
  PUBLISHED,
  RESTORED,
  UNARCHIVED,
} from '../posts/events.ts';
import { findPosts, type PostRow } from '../posts/store.ts';
import { dropRanks, type Left } from './ranks-store.ts';
import {
  beginIndexed,
  type IndexedPost,
  lockIndexed,
  putUnderTopics,
  removeIndexed,
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
  handle: (_ctx, tx, event) => indexTold(tx, [event]),
  handleMany: (_ctx, tx, events) => indexTold(tx, events),
};

/** After these a post may stand under fewer topics; after the others it stands under none that it has not. */
const LEAVING: ReadonlySet<string> = new Set([EDITED, DELETED, ARCHIVED]);

async function indexTold(tx: Transaction, events: readonly StoredEvent[]): Promise<undefined> {
  const posts = new Map<string, Authored>();
  const begins = new Map<string, Authored>();
  for (const { key, type, payload } of events) {
    if (isOfRepost(payload) || (isWithoutTopics(payload) && !LEAVING.has(type))) continue;
    const post = { post_id: key as PostId, author_id: payload.author_id as PersonId };
    posts.set(key, post);
    if (type === PUBLISHED && payload.topics === true) begins.set(key, post);
  }
  await indexMany(tx, [...posts.values()], [...begins.values()]);
  return undefined;
}

type Authored = Pick<PostRow, 'post_id' | 'author_id'>;

/** What the index held of a post, and what it is to hold; null: nothing. */
interface Change {
  readonly postId: PostId;
  readonly held: IndexedPost | null;
  readonly wanted: IndexedPost | null;
}

const NOTHING = { tags: [], place_id: null } as const;

/**
 * What the index is to hold of a post as it stands: its hashtags and place, while it is published and
 * neither archived nor deleted. A repost stands nowhere: its original does.
 */
function wantedOf(post: PostRow, authors: ReadonlyMap<PersonId, PersonRow>): IndexedPost | null {
  const author = authors.get(post.author_id);
  if (post.status !== 'published' || post.deleted_at || post.archived_at || post.repost_of)
    return null;
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
 * Brings the index, the counts of hashtags and the rankings to what holds of these posts now. Doing it
 * again changes nothing; two at once take turns. `begins`: those of them that the index hardly knows yet.
 */
export async function indexMany(
  tx: Transaction,
  posts: readonly Authored[],
  begins: readonly Authored[] = [],
): Promise<void> {
  if (posts.length === 0) return;
  await beginIndexed(tx, begins);
  const changes = await changesOf(tx, posts);
  const news = changes.filter(({ held, wanted }) => held === null && wanted);
  if (news.length > 0) {
    const unknown = new Set(news.map(({ postId }) => postId));
    const again = posts.filter(({ post_id }) => unknown.has(post_id));
    await beginIndexed(tx, again);
    // Under the lock, because another may just have been here with something newer.
    changes.push(...(await changesOf(tx, again)));
  }
  await settle(tx, changes);
}

/** Of posts that the index holds, what is read is what holds under their locks. */
async function changesOf(tx: Transaction, posts: readonly Authored[]): Promise<Change[]> {
  const ids = posts.map((post) => post.post_id);
  const held = await lockIndexed(tx, ids);
  const [rows, people] = await Promise.all([
    findPosts(tx, ids),
    findPeople(tx, [...new Set(posts.map((post) => post.author_id))]),
  ]);
  const authors = new Map(people.map((person) => [person.person_id, person]));
  const wanted = new Map(rows.map((row) => [row.post_id, wantedOf(row, authors)]));
  return ids.map((postId) => ({
    postId,
    held: held.get(postId) ?? null,
    wanted: wanted.get(postId) ?? null,
  }));
}

/** Changes nothing of a post of which the index holds nothing. */
async function settle(tx: Transaction, all: readonly Change[]): Promise<void> {
  const changes = all.flatMap(({ postId, held, wanted }) =>
    held && !isSame(held, wanted) ? [{ postId, held, wanted }] : [],
  );
  await leaveTopics(tx, changes);
  const kept = changes.flatMap(({ postId, wanted }) => (wanted ? [{ postId, ...wanted }] : []));
  const gone = changes.filter(({ wanted }) => !wanted).map(({ postId }) => postId);
  await Promise.all([
    putUnderTopics(tx, kept),
    saveIndexed(tx, kept),
    removeIndexed(tx, gone),
    addToPostsCounts(tx, countedBy(changes)),
  ]);
}

type Held = Change & { readonly held: IndexedPost };

const isSame = (held: IndexedPost, wanted: IndexedPost | null) =>
  wanted !== null &&
  held.open === wanted.open &&
  held.place_id === wanted.place_id &&
  held.tags.join(' ') === wanted.tags.join(' ');

async function leaveTopics(tx: Transaction, changes: readonly Held[]): Promise<void> {
  const left: Left[] = [];
  for (const { postId, held, wanted } of changes) {
    const { tags, place_id }: Pick<IndexedPost, 'tags' | 'place_id'> = wanted ?? NOTHING;
    const goneTags = held.tags.filter((tag) => !tags.includes(tag));
    const topics = goneTags.map((tag) => topicName({ kind: 'hashtag', tag }));
    await takeFromTags(tx, postId, goneTags);
    if (held.place_id !== null && held.place_id !== place_id) {
      await takeFromPlace(tx, postId, held.place_id);
      topics.push(topicName({ kind: 'place', placeId: held.place_id }));
    }
    if (topics.length > 0) left.push({ postId, topics });
  }
  await dropRanks(tx, left);
}

/** How many posts that are open to all each hashtag has gained or lost. */
function countedBy(changes: readonly Held[]): Map<string, number> {
  const moved = new Map<string, number>();
  const count = (post: IndexedPost | null, by: number) => {
    if (!post?.open) return;
    for (const tag of post.tags) moved.set(tag, (moved.get(tag) ?? 0) + by);
  };
  for (const { held, wanted } of changes) {
    count(wanted, 1);
    count(held, -1);
  }
  for (const [tag, by] of moved) if (by === 0) moved.delete(tag);
  return moved;
}

/** Takes a post that is going for good out of every page. Doing it again changes nothing. */
export async function forgetPost(ctx: Context, postId: PostId): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const held = (await lockIndexed(tx, [postId])).get(postId);
    if (held) await settle(tx, [{ postId, held, wanted: null }]);
  });
}
