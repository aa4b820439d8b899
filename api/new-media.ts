import { type Static, Type } from 'typebox';
import { UploadId } from './ids.ts';
import { ALT_MAX, TAGGED_PER_POST_MAX, VIDEO_SECONDS_MAX } from './limits.ts';
import { Edit } from './looks.ts';
import { Username } from './people.ts';

const closed = { additionalProperties: false } as const;

/** A rectangle of the upright picture, as fractions of its width and height. */
export const Crop = Type.Object(
  {
    x: Type.Number({ minimum: 0, maximum: 1 }),
    y: Type.Number({ minimum: 0, maximum: 1 }),
    width: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    height: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
  },
  closed,
);
export type Crop = Static<typeof Crop>;

export const TagWish = Type.Object(
  {
    username: Username,
    x: Type.Number({ minimum: 0, maximum: 1 }),
    y: Type.Number({ minimum: 0, maximum: 1 }),
  },
  closed,
);
export type TagWish = Static<typeof TagWish>;

/** What is said of a single picture or video, when a post is made of it. */
export const NewMedia = Type.Object(
  {
    upload_id: UploadId,
    alt: Type.Optional(Type.String({ maxLength: ALT_MAX })),
    crop: Type.Optional(Crop),
    edit: Type.Optional(Edit),
    poster_at: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: VIDEO_SECONDS_MAX,
        description: 'Of a video: the second whose frame is its poster',
      }),
    ),
    tagged: Type.Optional(Type.Array(TagWish, { maxItems: TAGGED_PER_POST_MAX })),
  },
  closed,
);
export type NewMedia = Static<typeof NewMedia>;
