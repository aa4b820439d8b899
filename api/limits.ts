/**
 * The plain figures and addresses of the contract. They stand apart from the schemas so that the web
 * app can know them without carrying the schema library; each is exported again beside its schema.
 */

/** Where every route of the contract begins. */
export const API_BASE = '/api/v1';

/** Where the WebSocket is. The first message must be `authenticate`, within ten seconds. */
export const REALTIME_PATH = '/api/v1/realtime';
export const WATCHED_POSTS_MAX = 100;
/** Why the server closed the socket (4000–4999 are ours, RFC 6455 section 7.4.2). */
export const CLOSE_CODES = {
  unauthenticated: 4401,
  session_ended: 4403,
  too_slow: 4408,
  bad_message: 4400,
  shutting_down: 1001,
} as const;

export const PAGE_LIMIT_DEFAULT = 20;
export const PAGE_LIMIT_MAX = 100;

export const USERNAME_PATTERN = '^[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?$';
export const USERNAME_MAX = 30;
export const FULL_NAME_MAX = 60;
export const BIO_MAX = 150;
export const LINK_MAX = 200;
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;
export const MAIL_TOKEN_MAX = 200;

export const CAPTION_MAX = 2200;
export const COMMENT_MAX = 2200;
/** Of a post: what Instagram allows, so that archives of it fit. */
export const HASHTAGS_PER_POST_MAX = 30;
export const MENTIONS_PER_TEXT_MAX = 20;
export const TAGGED_PER_POST_MAX = 20;
export const HASHTAG_MAX = 100;
export const PLACE_NAME_MAX = 100;
export const COLLECTION_NAME_MAX = 60;
export const COLLECTIONS_MAX = 200;
export const DRAFTS_MAX = 50;
export const PINNED_POSTS_MAX = 3;
export const PINNED_COMMENTS_MAX = 3;
export const FOLLOWED_HASHTAGS_MAX = 100;
export const CLOSE_FRIENDS_MAX = 1000;
/** A deleted post can be brought back for so long. */
export const RESTORE_DAYS = 30;

/** What may be uploaded. The type is judged again by content when the bytes are there. */
export const PICTURE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/heic',
  'image/heif',
  'image/gif',
] as const;
/** With H.264, HEVC, VP9 or AV1 in them. */
export const VIDEO_TYPES = ['video/mp4', 'video/quicktime', 'video/webm'] as const;
export const UPLOAD_TYPES = [...PICTURE_TYPES, ...VIDEO_TYPES] as const;
export const MEDIA_PER_POST_MAX = 20;
/** 200 MB: the product's limit for one file. */
export const UPLOAD_BYTES_MAX = 200_000_000;
/** 50 MP: the product's limit for one picture. */
export const PICTURE_PIXELS_MAX = 50_000_000;
/** Ten minutes: the product's limit for one video. */
export const VIDEO_SECONDS_MAX = 600;
/** What is longer is offered as HLS, so that a player can follow its line. */
export const VIDEO_SHORT_SECONDS = 60;
/**
 * How large files go: in parts of this many bytes, the last one shorter. S3 takes parts from 5 MiB, and a
 * slow line (1 Mbit/s) sends this in a minute, within the five that a signed address lives.
 */
export const PART_BYTES = 8 * 1024 * 1024;
export const PARTS_MAX = Math.ceil(UPLOAD_BYTES_MAX / PART_BYTES);
export const ALT_MAX = 1000;
/** Of a captions file (WebVTT), in bytes: speech of ten minutes is some 15 KB. */
export const CAPTIONS_BYTES_MAX = 256_000;
export const CAPTIONS_PER_VIDEO_MAX = 10;
/**
 * The width in pixels of each rendition. A portrait is at most 5/4 of that high, so one of 4:5 has the
 * full width and a narrower one less; nothing is enlarged. `thumbnail` is a square.
 */
export const RENDITION_SIZES = { large: 1080, medium: 640, thumbnail: 150 } as const;
/** The looks that a picture can be given, in the order in which they are offered. */
export const LOOKS = [
  'daylight',
  'linen',
  'harbour',
  'meadow',
  'amber',
  'dusk',
  'ember',
  'polar',
  'velvet',
  'chrome',
  'graphite',
  'ink',
] as const;

/** Posts that one report of seen ones may name. */
export const SEEN_PER_REPORT_MAX = 100;
/** Entries that a home feed keeps; what is older is looked up. */
export const FEED_ENTRIES_MAX = 800;
/** The terms of each ranking preset, in the order in which they are shown, with their first weights. */
export const PRESETS = {
  balanced: { engagement: 40, affinity: 30, recency: 20, content: 10 },
  simple: { likes: 1, comments: 2, shares: 3, recency: 10, affinity: 5 },
} as const;
export const WEIGHT_MAX = 100;
