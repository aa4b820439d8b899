import type { MediaId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { postPrefix } from '../media/keys.ts';
import { renderPicture } from '../media/render.ts';
import type { Rendered } from '../media/rendered.ts';
import { type MediaRow, removeBlobs, renderedKeys, saveRendered } from '../media/store.ts';
import { renderVideo } from '../media/videos/render.ts';
import { PUBLISHED } from './events.ts';
import { putOnGrids, recordChange } from './grid.ts';
import { makeAvifLater } from './make-avif.ts';
import { failPost, findPost, type PostRow, publishPost } from './store.ts';

export const PROCESS_POST = 'process_post';
/** The same for posts with videos, which take minutes: so that pictures do not wait for them. */
export const PROCESS_FILM = 'process_film';

/**
 * The job between confirm and the first reader: makes the renditions, then publishes; or says why it
 * cannot. Running it again does nothing new: renditions have names of their content, and only a post
 * that waits is published.
 */
export async function processPost(
  ctx: Context,
  postId: PostId,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const post = await findPost(ctx.db, postId);
  if (post?.status !== 'processing' || post.deleted_at) return;
  const media = (await mediaOfPosts(ctx.db, [postId])).get(postId) ?? [];
  const rendered = new Map<MediaId, Rendered>();
  try {
    for (const item of media) rendered.set(item.media_id, await render(ctx, post, item, signal));
  } catch (error) {
    if (!(error instanceof Problem) || !isForGood(error)) throw error;
    await keepRenditions(ctx, postId, rendered);
    await fail(ctx, post, error);
    return;
  }
  const published = await publish(ctx, postId, rendered);
  if (!published) await keepRenditions(ctx, postId, rendered);
}

/** What this server can do nothing about is told to the author; other faults of its own are tried again. */
function isForGood(problem: Problem): boolean {
  return problem.status < 500 || problem.code === 'video_unavailable';
}

function render(
  ctx: Context,
  post: PostRow,
  item: MediaRow,
  signal: AbortSignal,
): Promise<Rendered> {
  const common = {
    originalKey: item.original_key,
    prefix: postPrefix(ctx.config.region, post.author_id, post.post_id),
    name: item.media_id,
  };
  if (item.kind === 'image') {
    return renderPicture(ctx, { ...common, crop: item.crop, edit: item.edit });
  }
  const onProgress = (done: number) =>
    tell(ctx, 'post.progress', { person_id: post.author_id, post_id: post.post_id, done });
  return renderVideo(ctx, { ...common, posterAt: item.poster_at, onProgress, signal });
}

async function publish(
  ctx: Context,
  postId: PostId,
  rendered: ReadonlyMap<MediaId, Rendered>,
): Promise<boolean> {
  const author = await ctx.db.transaction(async (tx) => {
    const post = await publishPost(tx, postId);
    if (!post) return null;
    // All that follows travels together.
    const saved = [...rendered].map(([mediaId, made]) => saveRendered(tx, postId, mediaId, made));
    await Promise.all([
      ...saved,
      putOnGrids(tx, post),
      recordChange(ctx, tx, post, PUBLISHED, { seq: post.event_seq }),
      ctx.config.avif ? makeAvifLater(ctx, tx, postId) : null,
    ]);
    return post.author_id;
  });
  if (!author) return false;
  tell(ctx, 'post.status', {
    person_id: author,
    post_id: postId,
    status: 'published',
    failure: null,
  });
  return true;
}

/**
 * The post was deleted meanwhile, or another of its pictures is broken: the files that were made are
 * written down, so that they go with the post; or go now, when it is gone.
 */
async function keepRenditions(
  ctx: Context,
  postId: PostId,
  rendered: ReadonlyMap<MediaId, Rendered>,
): Promise<void> {
  for (const [mediaId, made] of rendered) {
    const kept = await ctx.db.transaction((tx) => saveRendered(tx, postId, mediaId, made));
    if (!kept) await removeBlobs(ctx, renderedKeys(made));
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
