import type { PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import { hear } from '../socket.ts';
import { pause } from './one-tab.ts';
import { lookAt } from './requests.ts';

/** Milliseconds between looks, for when the socket is not there to tell; the last one repeats. */
const LOOKS = [700, 1500, 3000, 5000, 10_000];

/** Waits until a post is published or has failed, and gives it. Throws `ApiError`. */
export async function whenSettled(postId: PostId, stop: AbortSignal): Promise<Post> {
  for (let look = 0; ; look++) {
    const told = new AbortController();
    const ignore = hear('post.status', (news) => {
      if (news.post_id === postId) told.abort();
    });
    try {
      const post = await lookAt(postId, stop);
      if (post.status !== 'processing') return post;
      const wait = LOOKS[Math.min(look, LOOKS.length - 1)] ?? 10_000;
      await pause(wait, AbortSignal.any([stop, told.signal]));
      stop.throwIfAborted();
    } finally {
      ignore();
    }
  }
}
