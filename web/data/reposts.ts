import type { PostId } from '../../api/ids.ts';
import type * as reposts from '../../api/reposts.ts';
import type * as sharing from '../../api/sharing.ts';
import { call } from './client.ts';
import { forgetList } from './lists.ts';
import { changePerson } from './people.ts';
import { changePost, keepPost, post } from './posts.ts';
import { me } from './session.ts';

/** The post as one would act on it: of a repost, the original. */
export function originalOf(id: string): string {
  return post(id).peek()?.reposted?.post_id ?? id;
}

function show(id: string, reposted: boolean): void {
  const step = reposted ? 1 : -1;
  changePost(id, (now) => ({
    reposts_count: Math.max(0, now.reposts_count + step),
    viewer: { ...now.viewer, reposted },
  }));
  const user = me.peek();
  if (!user) return;
  changePerson(user.user_id, (now) =>
    now.posts_count === undefined ? {} : { posts_count: Math.max(0, now.posts_count + step) },
  );
  forgetList(`profile ${user.username}`);
}

/** Reposts a post with a caption of one's own: shown at once, undone when refused. Throws `ApiError`. */
export async function repost(id: string, caption: string): Promise<void> {
  const before = post(id).peek()?.viewer.reposted;
  if (before) return;
  show(id, true);
  try {
    const made = await call<typeof reposts.repostPost>('POST /posts/{post_id}/repost', {
      params: { post_id: id as PostId },
      body: caption === '' ? {} : { caption },
    });
    keepPost(made);
  } catch (error) {
    show(id, false);
    throw error;
  }
}

/** Takes one's repost back: gone at once, there again when the server refuses. Throws `ApiError`. */
export async function unrepost(id: string): Promise<void> {
  if (!post(id).peek()?.viewer.reposted) return;
  show(id, false);
  try {
    const { reposts_count } = await call<typeof reposts.unrepostPost>(
      'DELETE /posts/{post_id}/repost',
      { params: { post_id: id as PostId } },
    );
    changePost(id, () => ({ reposts_count }));
  } catch (error) {
    show(id, true);
    throw error;
  }
}

/** Says that a post is being shared. Only a count: nothing waits for it. */
export function noteShare(id: string, channel: sharing.ShareChannel): void {
  if (!me.peek()) return;
  call<typeof sharing.sharePost>('POST /posts/{post_id}/share', {
    params: { post_id: id as PostId },
    body: { channel },
  }).catch((error: unknown) => {
    console.info('A share could not be counted:', error);
  });
}
