import type { deleteCaptions, Media, putCaptions } from '../../api/media.ts';
import type { Post } from '../../api/posts.ts';
import { call } from './client.ts';
import { changePost } from './posts.ts';

interface Place {
  readonly postId: Post['post_id'];
  readonly mediaId: Media['media_id'];
  /** BCP 47 */
  readonly language: string;
}

const paramsOf = ({ postId: post_id, mediaId: media_id, language }: Place) => ({
  post_id,
  media_id,
  language,
});

function take(postId: Post['post_id'], fresh: Media): void {
  changePost(postId, ({ media }) => ({
    media: media.map((one) => (one.media_id === fresh.media_id ? fresh : one)),
  }));
}

/** Gives one's own video captions, in place of those it has in this language. Throws `ApiError`. */
export async function setCaptions(place: Place, webvtt: string): Promise<Media> {
  const params = paramsOf(place);
  const fresh = await call<typeof putCaptions>(
    'PUT /posts/{post_id}/media/{media_id}/captions/{language}',
    { params, body: { webvtt } },
  );
  take(place.postId, fresh);
  return fresh;
}

/** Takes captions from one's own video. Throws `ApiError`. */
export async function removeCaptions(place: Place): Promise<Media> {
  const params = paramsOf(place);
  const fresh = await call<typeof deleteCaptions>(
    'DELETE /posts/{post_id}/media/{media_id}/captions/{language}',
    { params },
  );
  take(place.postId, fresh);
  return fresh;
}
