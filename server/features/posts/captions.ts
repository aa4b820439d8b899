import type { MediaId, PersonId, PostId } from '../../../api/ids.ts';
import { CAPTIONS_PER_VIDEO_MAX } from '../../../api/limits.ts';
import type { Media } from '../../../api/media.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayChange } from '../../kernel/visibility.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { contentDigest, postPrefix, servedKey } from '../media/keys.ts';
import { type MediaRow, removeBlobs, type StoredCaptions, saveCaptions } from '../media/store.ts';
import { rewriteWebvtt } from '../media/videos/webvtt.ts';
import { showPost, visiblePost } from './read.ts';
import { lockPost } from './store.ts';

/** Whose captions: of one video, in one language. */
export interface CaptionsPlace {
  readonly postId: PostId;
  readonly mediaId: MediaId;
  /** BCP 47 */
  readonly language: string;
}

/**
 * Puts captions in the place of those that a video has in this language; the same ones again change
 * nothing. Throws `post_not_found` (also for those who are not its author), `media_not_found`,
 * `captions_invalid`, `too_many_captions`, `storage_full`.
 */
export async function putCaptions(
  ctx: Context,
  viewerId: PersonId,
  place: CaptionsPlace,
  webvtt: string,
): Promise<Media> {
  await demandOwn(ctx, viewerId, place.postId);
  const language = canonical(place.language);
  const bytes = rewriteWebvtt(webvtt);
  const prefix = postPrefix(ctx.config.region, viewerId, place.postId);
  const key = servedKey(prefix, place.mediaId, 'captions', contentDigest(bytes), 'vtt');
  const change = (captions: readonly StoredCaptions[]) => {
    const others = captions.filter((one) => one.language !== language);
    if (others.length >= CAPTIONS_PER_VIDEO_MAX) throw new Problem('too_many_captions');
    return [...others, { language, key }].toSorted((a, b) => (a.language < b.language ? -1 : 1));
  };
  const write = async () => {
    if (!(await ctx.blobs.stat(key))) await ctx.blobs.write(key, bytes);
  };
  return changeCaptions(ctx, viewerId, place, change, write);
}

/** Takes them away; doing it again changes nothing. Throws `post_not_found`, `media_not_found`. */
export async function deleteCaptions(
  ctx: Context,
  viewerId: PersonId,
  place: CaptionsPlace,
): Promise<Media> {
  await demandOwn(ctx, viewerId, place.postId);
  const language = canonical(place.language);
  const change = (captions: readonly StoredCaptions[]) =>
    captions.filter((one) => one.language !== language);
  return changeCaptions(ctx, viewerId, place, change, async () => {});
}

async function demandOwn(ctx: Context, viewerId: PersonId, postId: PostId): Promise<void> {
  // To others it is as if there were none to change.
  if (!mayChange(await visiblePost(ctx, postId, viewerId))) throw new Problem('post_not_found');
}

/** `pt-br` is `pt-BR`. */
function canonical(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? language;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem(
      'captions_invalid',
      `${language} is not a language tag, such as en or pt-BR.`,
    );
  }
}

/**
 * Under the post's lock, so that two at once follow one another, and none writes a file into a post that is
 * being removed. The files that nobody names any more go after that.
 */
async function changeCaptions(
  ctx: Context,
  viewerId: PersonId,
  { postId, mediaId }: CaptionsPlace,
  change: (captions: readonly StoredCaptions[]) => readonly StoredCaptions[],
  write: () => Promise<void>,
): Promise<Media> {
  const left = await ctx.db.transaction(async (tx) => {
    const video = await lockVideo(tx, postId, mediaId);
    const captions = change(video.captions);
    await write();
    await saveCaptions(tx, postId, mediaId, captions);
    const kept = new Set(captions.map(({ key }) => key));
    return video.captions.map(({ key }): BlobKey => key).filter((key) => !kept.has(key));
  });
  await removeBlobs(ctx, left);
  const { media } = await showPost(ctx, postId, viewerId);
  const shown = media.find((item) => item.media_id === mediaId);
  if (!shown) throw new Problem('media_not_found');
  return shown;
}

async function lockVideo(tx: Transaction, postId: PostId, mediaId: MediaId): Promise<MediaRow> {
  const post = await lockPost(tx, postId);
  if (!post || post.deleted_at) throw new Problem('post_not_found');
  const media = (await mediaOfPosts(tx, [postId])).get(postId) ?? [];
  const video = media.find((item) => item.media_id === mediaId);
  if (video?.kind !== 'video') throw new Problem('media_not_found');
  return video;
}
