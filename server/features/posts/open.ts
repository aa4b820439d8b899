import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { hear } from '../../kernel/hints.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { findPerson } from '../people/store.ts';
import { findPost } from './store.ts';

/**
 * How long a process goes on serving the pictures of a post that has just been hidden, when it misses
 * the hint that says so.
 */
const OPEN_TTL_MS = 30_000;

/** The author of an open post; false while the post has just been hidden. */
const ofPost = (postId: PostId) => `open:post:${postId}`;
/** True of a person with open posts; false while they have just withdrawn. */
const ofPerson = (personId: PersonId) => `open:person:${personId}`;

/**
 * Whether the pictures of a post may be served to whoever asks. Yes is believed until a hint says
 * otherwise, at most 30 seconds; no is not, so that a post that is opened has its pictures at once.
 */
export async function isPostOpen(ctx: Context, postId: PostId): Promise<boolean> {
  const authorId = await ctx.cache.get<PersonId | false>(ofPost(postId));
  if (authorId && (await ctx.cache.get<boolean>(ofPerson(authorId)))) return true;
  const post = await findPost(ctx.db, postId);
  const author = post && (await findPerson(ctx.db, post.author_id));
  if (!post || !author || !isOpenToAll(post, author)) return false;
  await believe(ctx, ofPost(postId), post.author_id);
  await believe(ctx, ofPerson(post.author_id), true);
  return true;
}

/** Unless it was hidden while we looked: what we saw may be older than that. */
async function believe(ctx: Context, key: string, value: PersonId | true): Promise<void> {
  if ((await ctx.cache.get(key)) !== false) await ctx.cache.set(key, value, OPEN_TTL_MS);
}

/** Has `isPostOpen` look again, from the moment a hint says that fewer may see. */
export function forgetWhatCloses(ctx: Context): () => void {
  const close = (key: string) => {
    ctx.cache.set(key, false, OPEN_TTL_MS).catch((error) => ctx.log.warn({ err: error }, 'cache'));
  };
  const deaf = [
    hear(ctx, 'post.narrowed', ({ post_id }) => close(ofPost(post_id))),
    hear(ctx, 'post.deleted', ({ post_id }) => close(ofPost(post_id))),
    hear(ctx, 'standing.changed', ({ author_ids }) => {
      for (const id of author_ids) close(ofPerson(id));
    }),
  ];
  return () => {
    for (const stop of deaf) stop();
  };
}
