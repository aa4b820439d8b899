import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { originalDigest } from '../media/keys.ts';
import type { MediaRow } from '../media/store.ts';
import { lockCounts } from '../people/store.ts';
import { DELETED, PUBLISHED, RESTORED } from '../posts/events.ts';
import { findPost } from '../posts/store.ts';
import {
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
  async handle(ctx, tx, event) {
    await settle(ctx, tx, event.key as PostId, event.payload.author_id as PersonId);
    return undefined;
  },
};

/** Brings what is kept to what holds of one post now. Doing it again changes nothing. */
async function settle(ctx: Context, tx: Transaction, postId: PostId, authorId: PersonId) {
  // Two new posts of one person would not see each other.
  await lockCounts(tx, authorId);
  const post = await findPost(tx, postId);
  if (post?.status !== 'published' || post.deleted_at) {
    await removePostHashes(tx, authorId, postId);
    return;
  }
  const media = (await mediaOfPosts(tx, [postId])).get(postId) ?? [];
  const hashes = media.map(hashOf);
  await insertHashes(tx, authorId, hashes);
  for (const hash of hashes) await insertPairs(tx, await pairsOf(ctx, tx, authorId, hash));
}

function hashOf({ media_id, post_id, phash, original_key }: MediaRow): PictureHash {
  return { media_id, post_id, phash, original_sha256: originalDigest(original_key) };
}

async function pairsOf(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  hash: PictureHash,
): Promise<PairRow[]> {
  const limits = { distance: DISTANCE_MAX, among: AMONG_MAX, take: PAIRS_MAX };
  const alike = await findAlike(tx, personId, hash, limits);
  return alike.map(({ distance, exact, ...other }) => {
    // A post that was restored may be the older one.
    const isLater = BigInt(hash.media_id) > BigInt(other.media_id);
    const [later, earlier] = isLater ? [hash, other] : [other, hash];
    return {
      person_id: personId,
      pair_id: ctx.ids.next<string>(),
      media_id: later.media_id,
      post_id: later.post_id,
      other_media_id: earlier.media_id,
      other_post_id: earlier.post_id,
      distance,
      exact,
    };
  });
}

/** Takes away what is known of the pictures of a post that is going for good. */
export async function forgetPictures(ctx: Context, authorId: PersonId, postId: PostId) {
  await ctx.db.transaction((tx) => removePostHashes(tx, authorId, postId));
}
