import type { DraftContent } from '../../../api/drafts.ts';
import { isPlain } from '../../../api/looks-edits.ts';
import type { confirmPost } from '../../../api/posts.ts';
import type { BodyOf } from '../../../api/route.ts';
import { cropOf } from './crop.ts';
import type { Spot } from './details.ts';
import { detailsOf, type PendingFile, type PendingPost } from './pending.ts';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 };

/** A spot of the whole picture on what the crop leaves of it: at its edge when it lies outside. */
export function spotInCrop(spot: Spot, crop: Box | null): Spot {
  const { x, y, width, height } = crop ?? WHOLE;
  return { ...spot, x: within((spot.x - x) / width), y: within((spot.y - y) / height) };
}

/** The other way round. */
export function spotInWhole(spot: Spot, crop: Box | null): Spot {
  const { x, y, width, height } = crop ?? WHOLE;
  return { ...spot, x: within(x + spot.x * width), y: within(y + spot.y * height) };
}

/** From 0 to 1, in steps finer than a pixel. */
function within(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 1e6) / 1e6;
}

function mediaBody(post: PendingPost, file: PendingFile) {
  if (!file.grant) throw new Error(`${file.name} was not sent`);
  const crop = cropOf(file.framing, post.aspect, file);
  const alt = file.alt.trim();
  const posterAt = file.posterAt;
  const tagged = file.tagged?.map((spot) => spotInCrop(spot, crop)) ?? [];
  const { edit } = file;
  return {
    upload_id: file.grant.upload_id,
    ...(alt ? { alt } : {}),
    ...(crop ? { crop } : {}),
    ...(edit && !isPlain(edit) ? { edit } : {}),
    ...(posterAt === undefined ? {} : { poster_at: posterAt }),
    ...(tagged.length > 0 ? { tagged } : {}),
  };
}

/** The body of POST /posts/confirm. Every file must have been sent. */
export function confirmBody(post: PendingPost): BodyOf<typeof confirmPost> {
  const media = post.files.map((file) => mediaBody(post, file));
  const { place, audience, likesHidden, commentsOff } = detailsOf(post);
  return {
    upload_ids: media.map((one) => one.upload_id),
    media: media.filter((one) => Object.keys(one).length > 1),
    caption: post.caption.trim(),
    ...(place ? { place_id: place.place_id } : {}),
    ...(audience === 'everyone' ? {} : { audience }),
    ...(likesHidden ? { likes_hidden: true } : {}),
    ...(commentsOff ? { comments_off: true } : {}),
  };
}

/** What is kept of it as a draft at the server. Every file must have been sent. */
export function draftBody(post: PendingPost): DraftContent {
  const { place, audience, likesHidden, commentsOff } = detailsOf(post);
  return {
    caption: post.caption,
    place,
    audience,
    likes_hidden: likesHidden,
    comments_off: commentsOff,
    media: post.files.map((file) => mediaBody(post, file)),
  };
}
