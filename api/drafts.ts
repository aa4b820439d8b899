import { type Static, Type } from 'typebox';
import { DraftId, UploadId } from './ids.ts';
import { CAPTION_MAX, MEDIA_PER_POST_MAX, PLACE_NAME_MAX } from './limits.ts';
import { NewMedia } from './new-media.ts';
import { PageQuery } from './page.ts';
import { Place } from './places.ts';
import { Audience } from './posts.ts';
import { defineRoute } from './route.ts';

const closed = { additionalProperties: false } as const;
const params = Type.Object({ draft_id: DraftId }, closed);

/** As the place was shown when it was chosen. */
const ChosenPlace = Type.Object(
  { ...Place.properties, name: Type.String({ maxLength: PLACE_NAME_MAX }) },
  closed,
);

/** What can be kept of a post that is not made yet. Everything may be missing. */
export const DraftContent = Type.Object(
  {
    caption: Type.Optional(Type.String({ maxLength: CAPTION_MAX })),
    place: Type.Optional(Type.Union([ChosenPlace, Type.Null()])),
    audience: Type.Optional(Audience),
    likes_hidden: Type.Optional(Type.Boolean()),
    comments_off: Type.Optional(Type.Boolean()),
    media: Type.Optional(
      Type.Array(NewMedia, {
        maxItems: MEDIA_PER_POST_MAX,
        description: 'Uploads whose bytes have arrived; they are kept as long as the draft',
      }),
    ),
  },
  closed,
);
export type DraftContent = Static<typeof DraftContent>;

export const Draft = Type.Object({
  draft_id: DraftId,
  content: DraftContent,
  pictures: Type.Array(
    Type.Object({
      upload_id: UploadId,
      url: Type.String({ description: 'The file, for its owner only; good for five minutes' }),
      content_type: Type.String(),
    }),
  ),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
});
export type Draft = Static<typeof Draft>;

export const createDraft = defineRoute({
  name: 'POST /drafts',
  summary: 'Keep a post for later, on the server',
  access: 'signed_in',
  idempotent: true,
  body: DraftContent,
  returns: Draft,
  status: 201,
  errors: [
    'upload_not_found',
    'upload_incomplete',
    'storage_full',
    'storage_unavailable',
    'upload_used',
    'too_many_drafts',
    'draft_not_found',
    'idempotency_key_reused',
  ],
});

export const listDrafts = defineRoute({
  name: 'GET /drafts',
  summary: 'Your drafts, newest first',
  access: 'signed_in',
  query: PageQuery,
  returns: Type.Array(Draft),
  list: true,
  errors: ['invalid_cursor'],
});

export const getDraft = defineRoute({
  name: 'GET /drafts/{draft_id}',
  summary: 'One of your drafts',
  access: 'signed_in',
  params,
  returns: Draft,
  errors: ['draft_not_found'],
});

export const saveDraft = defineRoute({
  name: 'PUT /drafts/{draft_id}',
  summary: 'Put this in the place of what the draft was',
  access: 'signed_in',
  params,
  body: DraftContent,
  returns: Draft,
  errors: ['draft_not_found', 'upload_not_found', 'upload_incomplete', 'upload_used'],
});

export const deleteDraft = defineRoute({
  name: 'DELETE /drafts/{draft_id}',
  summary: 'Throw a draft away, its files too',
  access: 'signed_in',
  params,
  returns: Type.Object({}),
});
