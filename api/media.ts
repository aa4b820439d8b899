import { type Static, Type } from 'typebox';
import { MediaId, UploadId } from './ids.ts';
import { MEDIA_PER_POST_MAX, PICTURE_TYPES, UPLOAD_BYTES_MAX } from './limits.ts';
import { defineRoute } from './route.ts';

export {
  ALT_MAX,
  MEDIA_PER_POST_MAX,
  PICTURE_PIXELS_MAX,
  PICTURE_TYPES,
  RENDITION_SIZES,
  UPLOAD_BYTES_MAX,
} from './limits.ts';

const closed = { additionalProperties: false } as const;

export const Rendition = Type.Object({
  url: Type.String({ description: 'JPEG' }),
  webp: Type.String({ description: 'The same picture as WebP' }),
  width: Type.Integer(),
  height: Type.Integer(),
});
export type Rendition = Static<typeof Rendition>;

/** A picture of a post. `sizes` and `url` are null until the worker is done. */
export const Media = Type.Object({
  media_id: MediaId,
  type: Type.Literal('image'),
  url: Type.Union([Type.String(), Type.Null()], { description: 'The large JPEG' }),
  width: Type.Integer({ description: 'Of the picture as it is shown: upright and cropped' }),
  height: Type.Integer(),
  alt: Type.String(),
  thumbhash: Type.Union([Type.String(), Type.Null()], {
    description: 'Base64, see evanw.github.io/thumbhash',
  }),
  dominant_color: Type.Union([Type.String(), Type.Null()], { description: '#rrggbb' }),
  sizes: Type.Union([
    Type.Object({ large: Rendition, medium: Rendition, thumbnail: Rendition }),
    Type.Null(),
  ]),
});
export type Media = Static<typeof Media>;

export const UploadGrant = Type.Object({
  upload_id: UploadId,
  method: Type.Literal('PUT'),
  url: Type.String({ description: 'Where the bytes go; absolute, or relative to this server' }),
  headers: Type.Record(Type.String(), Type.String(), {
    description: 'Send exactly these with the bytes',
  }),
  expires_at: Type.String({ format: 'date-time' }),
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
              description: PICTURE_TYPES.join(', '),
            }),
            size: Type.Integer({ minimum: 1, maximum: UPLOAD_BYTES_MAX, description: 'Bytes' }),
            checksum_sha256: Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'SHA-256 of the bytes, in small hexadecimal digits',
            }),
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
