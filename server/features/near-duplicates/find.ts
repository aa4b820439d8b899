import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer, StoredEvent } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { originalDigest } from '../media/keys.ts';
import type { MediaRow } from '../media/store.ts';
import { lockCounts } from '../people/store.ts';
import { DELETED, isOfRepost, PUBLISHED, RESTORED } from '../posts/events.ts';
import { findPosts } from '../posts/store.ts';
import {
  type Alike,
  findAlike,
  insertHashes,
  insertPairs,
  type PairRow,
  type PictureHash,
  removePostHashes,
} from './store.ts';

/**
 * Of 64 bits. Saved anew, smaller or a little lighter a picture stays within 6; of pictures that have
 * nothing in common about 32 differ.
 */
const DISTANCE_MAX = 6;
/** A picture is held against so many of the person's latest ones. */
const AMONG_MAX = 50_000;
/** A plain white picture is like every other: so many pairs a picture are enough. */
const PAIRS_MAX = 10;

/** Keeps what a person's pictures look like, and which of them look alike. */
export const findNearDuplicates: Consumer = {
  name: 'near_duplicates.find',
  group: 'posts',
  types: [PUBLISHED, DELETED, RESTORED],
  handle: (ctx, tx, event) => settle(ctx, tx, [event]),
  handleMany: (ctx, tx, events) => settle(ctx, tx, events),
};

/** A post with its pictures; null when they are not to be kept. */
interface Pictured {
  readonly postId: PostId;
  readonly authorId: PersonId;
  readonly hashes: readonly PictureHash[] | null;
}

/** Brings what is kept to what holds of these posts now. Doing it again changes nothing. */
async function settle(
  ctx: Context,
  tx: Transaction,
  events: readonly StoredEvent[],
): Promise<undefined> {
  const authors = new Map<PostId, PersonId>();
  for (const { key, payload } of events) {
    if (!isOfRepost(payload)) authors.set(key as PostId, payload.author_id as PersonId);
  }
  if (authors.size === 0) return;
  // Two new posts of one person would not see each other.
  await lockCounts(tx, ...new Set(authors.values()));
  for (const turn of turnsOf(await readPictured(tx, authors))) await settleTurn(ctx, tx, turn);
}

async function readPictured(
  tx: Transaction,
  authors: ReadonlyMap<PostId, PersonId>,
): Promise<Pictured[]> {
  const ids = [...authors.keys()];
  const [posts, media] = await Promise.all([findPosts(tx, ids), mediaOfPosts(tx, ids)]);
  const shown = posts.filter((post) => post.status === 'published' && !post.deleted_at);
  const kept = new Set(shown.map((post) => post.post_id));
  return [...authors].map(([postId, authorId]) => ({
    postId,
    authorId,
    hashes: kept.has(postId) ? (media.get(postId) ?? []).map((row) => hashOf(authorId, row)) : null,
  }));
}

/** In each turn one post of a person at most: the pictures of each are held against those before it. */
function turnsOf(posts: readonly Pictured[]): Pictured[][] {
  const turns: Pictured[][] = [];
  const had = new Map<PersonId, number>();
  for (const post of posts) {
    const turn = had.get(post.authorId) ?? 0;
    had.set(post.authorId, turn + 1);
    const together = turns[turn];
    if (together) together.push(post);
    else turns.push([post]);
  }
  return turns;
}

async function settleTurn(ctx: Context, tx: Transaction, posts: readonly Pictured[]) {
  const hashes = posts.flatMap((post) => post.hashes ?? []);
  const gone = posts.filter((post) => post.hashes === null);
  const limits = { distance: DISTANCE_MAX, among: AMONG_MAX, take: PAIRS_MAX };
  const [alike] = await Promise.all([
    findAlike(tx, hashes, limits),
    insertHashes(tx, hashes),
    ...gone.map(({ authorId, postId }) => removePostHashes(tx, authorId, postId)),
  ]);
  const byPicture = new Map(hashes.map((hash) => [hash.media_id, hash]));
  await insertPairs(
    tx,
    alike.flatMap((one) => {
      const hash = byPicture.get(one.of_media_id);
      return hash ? [pairOf(ctx, hash, one)] : [];
    }),
  );
}

function hashOf(
  person_id: PersonId,
  { media_id, post_id, phash, original_key }: MediaRow,
): PictureHash {
  return { person_id, media_id, post_id, phash, original_sha256: originalDigest(original_key) };
}

function pairOf(ctx: Context, hash: PictureHash, { distance, exact, ...other }: Alike): PairRow {
  // A post that was restored may be the older one.
  const isLater = BigInt(hash.media_id) > BigInt(other.media_id);
  const [later, earlier] = isLater ? [hash, other] : [other, hash];
  return {
    person_id: hash.person_id,
    pair_id: ctx.ids.next<string>(),
    media_id: later.media_id,
    post_id: later.post_id,
    other_media_id: earlier.media_id,
    other_post_id: earlier.post_id,
    distance,
    exact,
  };
}

/** Takes away what is known of the pictures of a post that is going for good. */
export async function forgetPictures(ctx: Context, authorId: PersonId, postId: PostId) {
  await ctx.db.transaction((tx) => removePostHashes(tx, authorId, postId));
}
