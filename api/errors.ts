import { type Static, Type } from 'typebox';

/**
 * Every error that the API can answer with: its HTTP status and the sentence that is shown when the
 * place that throws has nothing better to say. Closed: a code that is not here does not compile.
 */
export const ERRORS = {
  validation_failed: [400, 'Some fields are not right. See details for each.'],
  malformed_json: [400, 'The body is not valid JSON.'],
  invalid_cursor: [400, 'This cursor is not one of ours. Start again without a cursor.'],
  unauthenticated: [401, 'Log in to do this.'],
  invalid_credentials: [401, 'The username or password is not right.'],
  access_token_expired: [401, 'The access token has expired. Refresh it.'],
  refresh_token_invalid: [401, 'This refresh token is not valid any more. Log in again.'],
  refresh_token_reused: [
    401,
    'This refresh token was used before, so its session has been ended. Log in again.',
  ],
  forbidden: [403, 'You may not do this.'],
  password_wrong: [403, 'The password is not right.'],
  origin_refused: [403, 'This request comes from another site and was refused.'],
  signature_invalid: [403, 'The signature of this upload address is not valid. Ask for a new one.'],
  signature_expired: [403, 'This upload address has expired. Ask for a new one.'],
  account_suspended: [403, 'This account has been suspended. Write to whoever runs this server.'],
  comments_off: [403, 'Comments are turned off for this post.'],
  not_taking_tags: [403, 'This person does not let you tag or mention them.'],
  not_found: [404, 'There is nothing at this address.'],
  user_not_found: [404, 'This person does not exist.'],
  post_not_found: [404, 'This post does not exist.'],
  comment_not_found: [404, 'This comment does not exist.'],
  account_private: [404, 'This account is private. Follow it to see more.'],
  request_not_found: [404, 'There is no such request to follow you (any more).'],
  place_not_found: [404, 'This place does not exist.'],
  hashtag_not_found: [404, 'This is not a hashtag.'],
  draft_not_found: [404, 'This draft does not exist.'],
  collection_not_found: [404, 'This collection does not exist.'],
  media_not_found: [404, 'This post has no such picture or video.'],
  upload_not_found: [404, 'This upload does not exist. Ask for a new one.'],
  job_not_found: [404, 'This job does not exist.'],
  request_timeout: [408, 'The request took too long to arrive.'],
  username_taken: [409, 'This username is taken. Choose another one.'],
  email_taken: [409, 'There is an account with this e-mail address already.'],
  collection_name_taken: [409, 'You have a collection of this name already.'],
  last_admin: [409, 'This is the only admin. Make somebody else admin first.'],
  edit_conflict: [409, 'This post was changed meanwhile. Look at it again, then edit.'],
  restore_too_late: [409, 'This post was deleted more than 30 days ago and is gone.'],
  upload_incomplete: [409, 'The bytes of this upload have not arrived. Send them, then confirm.'],
  upload_not_in_parts: [
    409,
    'This upload was announced as a whole. Send it to the address you were given.',
  ],
  upload_used: [409, 'This upload belongs to a post already.'],
  token_invalid: [410, 'This link does not work any more. Ask for a new one.'],
  body_too_large: [413, 'The body is larger than this address takes.'],
  unsupported_content_type: [415, 'Send JSON, with Content-Type: application/json.'],
  cannot_follow_self: [422, 'You cannot follow yourself.'],
  cannot_do_to_self: [422, 'You cannot do this to yourself.'],
  cannot_repost: [
    422,
    'Only public posts of others that are not reposts themselves can be reposted.',
  ],
  too_many_pinned: [422, 'Three are pinned already. Unpin one first.'],
  too_many_drafts: [422, 'You have 50 drafts. Share or delete one first.'],
  too_many_collections: [422, 'You have 200 collections. Delete one first.'],
  too_many_close_friends: [422, 'You have 1,000 close friends. Remove one first.'],
  too_many_hashtags_followed: [422, 'You follow 100 hashtags. Unfollow one first.'],
  nothing_to_want_less_of: [422, 'This post has nothing of that kind.'],
  idempotency_key_reused: [
    422,
    'This Idempotency-Key was used for another request. Use a new one.',
  ],
  size_mismatch: [422, 'The file does not have the size that was announced.'],
  checksum_mismatch: [
    422,
    'The file does not have the checksum that was announced. Send it again.',
  ],
  media_type_mismatch: [422, 'The content of the file is not what its type says.'],
  media_unsupported: [
    422,
    'This kind of file is not supported. Use JPEG, PNG, WebP, AVIF, HEIC, GIF, MP4, MOV or WebM.',
  ],
  media_broken: [422, 'This file is damaged and cannot be read.'],
  media_too_many_pixels: [422, 'This picture has too many pixels.'],
  media_bad_dimensions: [422, 'This picture is too narrow or too flat to be shown.'],
  media_too_long: [422, 'This video is too long: at most ten minutes are taken.'],
  captions_invalid: [422, 'These captions cannot be read. Send them as WebVTT.'],
  too_many_captions: [422, 'This video has captions in ten languages. Remove one first.'],
  too_many_requests: [429, 'That was too much at once. Wait a moment, then try again.'],
  internal: [500, 'Something went wrong on the server. It has been written down.'],
  format_unsupported: [501, 'Only JSON is answered here: leave format out, or ask for json.'],
  video_unavailable: [
    501,
    'This server has nothing that can read this video. Its operator can install ffmpeg; pictures work.',
  ],
  media_busy: [503, 'The server has too many files to look through. Try again shortly.'],
  database_unavailable: [503, 'The database does not answer at the moment. Try again shortly.'],
  storage_unavailable: [503, 'A disk for files does not answer at the moment. Try again shortly.'],
  overloaded: [503, 'The server has more to do than it can right now. Try again shortly.'],
  shutting_down: [503, 'The server is stopping. Try again shortly.'],
  storage_full: [507, 'The server has no space left for files. Nothing was lost; try again later.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** Any route may answer with these. */
export const COMMON_ERRORS = [
  'validation_failed',
  'malformed_json',
  'body_too_large',
  'unsupported_content_type',
  'request_timeout',
  'internal',
  'database_unavailable',
  'overloaded',
  'shutting_down',
] as const satisfies readonly ErrorCode[];

export const FieldError = Type.Object({
  field: Type.String({ description: 'Where, as a dotted path: body.username' }),
  message: Type.String({ description: 'What to change' }),
});
export type FieldError = Static<typeof FieldError>;

export const ErrorDetails = Type.Object({
  fields: Type.Optional(Type.Array(FieldError)),
  upload_id: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  retry_after: Type.Optional(Type.Integer({ description: 'Seconds' })),
  missing_parts: Type.Optional(
    Type.Array(Type.Integer(), { description: 'The first hundred numbers of parts to send' }),
  ),
});
export type ErrorDetails = Static<typeof ErrorDetails>;

export const ErrorBody = Type.Object({
  success: Type.Literal(false),
  error: Type.Object({
    code: Type.Unsafe<ErrorCode>(Type.String({ enum: ERROR_CODES })),
    message: Type.String(),
    details: Type.Optional(ErrorDetails),
    request_id: Type.Optional(Type.String()),
  }),
});
export type ErrorBody = Static<typeof ErrorBody>;
