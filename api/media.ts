import { type Static, Type } from 'typebox';
import { MediaId, PostId, UploadId } from './ids.ts';
import {
  CAPTIONS_BYTES_MAX,
  CAPTIONS_PER_VIDEO_MAX,
  MEDIA_PER_POST_MAX,
  PART_BYTES,
  PARTS_MAX,
  UPLOAD_BYTES_MAX,
  UPLOAD_TYPES,
} from './limits.ts';
import { defineRoute } from './route.ts';

export {
  ALT_MAX,
  MEDIA_PER_POST_MAX,
  PART_BYTES,
  PICTURE_PIXELS_MAX,
  PICTURE_TYPES,
  RENDITION_SIZES,
  UPLOAD_BYTES_MAX,
  UPLOAD_TYPES,
  VIDEO_SECONDS_MAX,
  VIDEO_SHORT_SECONDS,
  VIDEO_TYPES,
} from './limits.ts';

const closed = { additionalProperties: false } as const;
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: 'date-time' });
const Sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the bytes, in small hexadecimal digits',
});

export const Rendition = Type.Object({
  url: Type.String({ description: 'JPEG' }),
  webp: Type.String({ description: 'The same picture as WebP' }),
  avif: Nullable(
    Type.String({ description: 'The same picture as AVIF; made some time after the others' }),
  ),
  width: Type.Integer(),
  height: Type.Integer(),
});
export type Rendition = Static<typeof Rendition>;

/** Text to a video, as WebVTT. */
export const Captions = Type.Object({
  language: Type.String({ description: 'BCP 47, such as en or pt-BR' }),
  url: Type.String(),
});
export type Captions = Static<typeof Captions>;

/** How a video is played. One of `mp4` and `hls` is there. */
export const Video = Type.Object({
  duration: Type.Number({ description: 'Seconds' }),
  mp4: Nullable(Type.String({ description: 'H.264 and AAC; of short videos' })),
  hls: Nullable(Type.String({ description: 'A playlist of CMAF renditions; of longer videos' })),
  has_audio: Type.Boolean(),
  loops: Type.Boolean({ description: 'True of what was an animated picture' }),
  captions: Type.Array(Captions, { maxItems: CAPTIONS_PER_VIDEO_MAX }),
});
export type Video = Static<typeof Video>;

/**
 * A picture or video of a post. `sizes`, `url` and `video` are null until the worker is done; of a video,
 * `sizes` and `url` are its poster.
 */
export const Media = Type.Object({
  media_id: MediaId,
  type: Type.Union([Type.Literal('image'), Type.Literal('video')]),
  url: Nullable(Type.String({ description: 'The large JPEG' })),
  width: Type.Integer({ description: 'As it is shown: upright and cropped' }),
  height: Type.Integer(),
  alt: Type.String(),
  thumbhash: Nullable(Type.String({ description: 'Base64, see evanw.github.io/thumbhash' })),
  dominant_color: Nullable(Type.String({ description: '#rrggbb' })),
  sizes: Nullable(Type.Object({ large: Rendition, medium: Rendition, thumbnail: Rendition })),
  video: Nullable(Video),
});
export type Media = Static<typeof Media>;

/** One request that brings bytes, good for five minutes. */
const signed = {
  method: Type.Literal('PUT'),
  url: Type.String({ description: 'Where the bytes go; absolute, or relative to this server' }),
  headers: Type.Record(Type.String(), Type.String(), {
    description: 'Send exactly these with the bytes',
  }),
  expires_at: Time,
};

export const UploadGrant = Type.Object({
  upload_id: UploadId,
  ...signed,
  part_size: Nullable(
    Type.Integer({
      description: `Of a file announced as in_parts: bytes of each part but the last (${PART_BYTES}). Ask for their addresses, or send the file as a whole after all`,
    }),
  ),
});
export type UploadGrant = Static<typeof UploadGrant>;

export const askUpload = defineRoute({
  name: 'POST /posts/upload',
  summary: 'Ask where the bytes of up to 20 files may go (pre-signed, for five minutes)',
  access: 'signed_in',
  idempotent: true,
  body: Type.Object(
    {
      files: Type.Array(
        Type.Object(
          {
            content_type: Type.String({
              maxLength: 100,
              description: UPLOAD_TYPES.join(', '),
            }),
            size: Type.Integer({ minimum: 1, maximum: UPLOAD_BYTES_MAX, description: 'Bytes' }),
            checksum_sha256: Sha256,
            in_parts: Type.Optional(
              Type.Boolean({ description: 'To send it in parts that can be resumed within a day' }),
            ),
          },
          closed,
        ),
        { minItems: 1, maxItems: MEDIA_PER_POST_MAX },
      ),
    },
    closed,
  ),
  returns: Type.Object({ uploads: Type.Array(UploadGrant) }),
  status: 201,
  errors: ['media_unsupported', 'idempotency_key_reused'],
});

const ofUpload = Type.Object({ upload_id: UploadId }, closed);
const PartNumber = Type.Integer({ minimum: 1, maximum: PARTS_MAX, description: 'From 1' });

/** What has arrived of a file, to go on where it was. */
export const UploadState = Type.Object({
  upload_id: UploadId,
  size: Type.Integer(),
  part_size: Nullable(Type.Integer()),
  arrived: Type.Array(Type.Object({ number: PartNumber, checksum_sha256: Sha256 }), {
    maxItems: PARTS_MAX,
    description: 'Parts that are there; none of a file that is sent as a whole or is complete',
  }),
  complete: Type.Boolean({ description: 'All bytes are there: it can be confirmed' }),
  kept_until: Type.Union([Time, Type.Null()], {
    description: 'What is not confirmed then is removed; null while a draft holds it',
  }),
});
export type UploadState = Static<typeof UploadState>;

export const getUpload = defineRoute({
  name: 'GET /uploads/{upload_id}',
  summary: 'What has arrived of a file of one’s own',
  access: 'signed_in',
  params: ofUpload,
  returns: UploadState,
  errors: ['upload_not_found', 'storage_unavailable'],
});

export const askParts = defineRoute({
  name: 'POST /uploads/{upload_id}/parts',
  summary: 'Ask where parts of a large file may go (pre-signed, for five minutes)',
  access: 'signed_in',
  params: ofUpload,
  body: Type.Object(
    {
      parts: Type.Array(Type.Object({ number: PartNumber, checksum_sha256: Sha256 }, closed), {
        minItems: 1,
        maxItems: PARTS_MAX,
      }),
    },
    closed,
  ),
  returns: Type.Object({
    parts: Type.Array(Type.Object({ number: PartNumber, ...signed })),
  }),
  status: 201,
  errors: ['upload_not_found', 'upload_used', 'upload_not_in_parts'],
});

export const completeUpload = defineRoute({
  name: 'POST /uploads/{upload_id}/complete',
  summary: 'Make the file of its parts, all of which have arrived',
  access: 'signed_in',
  params: ofUpload,
  returns: UploadState,
  errors: [
    'upload_not_found',
    'upload_used',
    'upload_incomplete',
    'upload_not_in_parts',
    'checksum_mismatch',
    'size_mismatch',
    'storage_full',
    'storage_unavailable',
  ],
});

const ofMedia = { post_id: PostId, media_id: MediaId };
const Language = Type.String({
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
  description: 'BCP 47, such as en or pt-BR',
});

export const putCaptions = defineRoute({
  name: 'PUT /posts/{post_id}/media/{media_id}/captions/{language}',
  summary: 'Give a video of one’s own captions in a language, in place of those it had',
  access: 'signed_in',
  params: Type.Object({ ...ofMedia, language: Language }, closed),
  body: Type.Object(
    { webvtt: Type.String({ minLength: 6, maxLength: CAPTIONS_BYTES_MAX }) },
    closed,
  ),
  returns: Media,
  errors: [
    'post_not_found',
    'media_not_found',
    'captions_invalid',
    'too_many_captions',
    'storage_full',
    'storage_unavailable',
  ],
});

export const deleteCaptions = defineRoute({
  name: 'DELETE /posts/{post_id}/media/{media_id}/captions/{language}',
  summary: 'Take the captions in a language from a video of one’s own',
  access: 'signed_in',
  params: Type.Object({ ...ofMedia, language: Language }, closed),
  returns: Media,
  errors: ['post_not_found', 'media_not_found'],
});

/** What the author of a picture can know of its file. */
export const Original = Type.Object({
  url: Type.String({ description: 'The file as it was uploaded; good for five minutes' }),
  content_type: Type.String(),
  size: Type.Integer({ description: 'Bytes' }),
  copies: Type.Integer({ description: 'In how many places it is kept' }),
  checked_at: Nullable(Time),
});
export type Original = Static<typeof Original>;

export const getOriginal = defineRoute({
  name: 'GET /posts/{post_id}/media/{media_id}/original',
  summary:
    'Where one’s own original is, in how many places it is kept and when it was last checked',
  access: 'signed_in',
  params: Type.Object(ofMedia, closed),
  returns: Original,
  errors: ['post_not_found', 'media_not_found', 'storage_unavailable'],
});
