import type { MediaId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { userShard } from '../media/keys.ts';
import { type Rendered, renderPicture } from '../media/render.ts';
import { type MediaRow, saveRenditions } from '../media/store.ts';
import { addToCounts } from '../people/store.ts';
import { PUBLISHED } from './events.ts';
import { addToProfile, failPost, findPost, type PostRow, publishPost } from './store.ts';

export const PROCESS_POST = 'process_post';

/**
 * The job between confirm and the first reader: makes the renditions, then publishes; or says why it
 * cannot. Running it again does nothing new: renditions have names of their content, and only a post
 * that waits is published.
 */
export async function processPost(ctx: Context, postId: PostId): Promise<void> {
  const post = await findPost(ctx.db, postId);
  if (post?.status !== 'processing' || post.deleted_at) return;
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  try {
    const rendered = new Map<MediaId, Rendered>();
    for (const item of media) rendered.set(item.media_id, await render(ctx, post, item));
    await publish(ctx, post, rendered);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await fail(ctx, post, error);
  }
}

function render(ctx: Context, post: PostRow, item: MediaRow): Promise<Rendered> {
  return renderPicture(ctx, {
    originalKey: item.original_key,
    crop: item.crop,
    prefix: `${ctx.config.region}/${userShard(post.author_id)}/${post.post_id}`,
    name: item.media_id,
  });
}

async function publish(ctx: Context, post: PostRow, rendered: ReadonlyMap<MediaId, Rendered>) {
  const { post_id: postId, author_id: authorId } = post;
  const published = await ctx.db.transaction(async (tx) => {
    const seq = await publishPost(tx, postId);
    if (seq === null) return false;
    for (const [mediaId, renditions] of rendered) {
      await saveRenditions(tx, postId, mediaId, renditions);
    }
    await addToProfile(tx, authorId, postId);
    await addToCounts(tx, [{ personId: authorId, posts: 1 }]);
    await appendEvent(ctx, tx, {
      group: 'posts',
      key: postId,
      seq,
      type: PUBLISHED,
      payload: { author_id: authorId },
    });
    return true;
  });
  if (published) {
    tell(ctx, 'post.status', {
      person_id: authorId,
      post_id: postId,
      status: 'published',
      failure: null,
    });
  }
}

async function fail(ctx: Context, post: PostRow, problem: Problem): Promise<void> {
  const failure = { code: problem.code, message: problem.message };
  const failed = await ctx.db.transaction((tx) => failPost(tx, post.post_id, failure));
  if (!failed) return;
  ctx.log.info({ post_id: post.post_id, code: problem.code }, 'a post could not be made');
  tell(ctx, 'post.status', {
    person_id: post.author_id,
    post_id: post.post_id,
    status: 'failed',
    failure,
  });
}
