import type { CommentId, PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { Problem } from '../../kernel/problem.ts';
import { mayEngage, STRANGER } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { type Interaction, noteInteractions } from '../affinity/note.ts';
import { relationsAmong } from '../graph/relations.ts';
import { findPreferences } from '../people/store.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import type { PostLook } from '../posts/look.ts';
import { mediumOf } from '../posts/medium.ts';
import { mentionedIn } from '../posts/naming.ts';
import { engageablePost } from '../posts/read.ts';
import { holdPost } from '../posts/store.ts';
import { takesComments } from '../posts/takes-comments.ts';
import { tellCounts } from '../posts/tell-counts.ts';

import { commentOn } from './read.ts';
import { addToComment, insertComment, lockInThread } from './store.ts';

export interface Wish {
  readonly postId: PostId;
  readonly authorId: PersonId;
  readonly text: string;
  readonly parentId: CommentId | null;
}

/**
 * Writes a comment, or a reply to one, and gives its id; the same key writes it once. Throws
 * `post_not_found`, `comments_off`, `comment_not_found` (of the parent), `forbidden` (the parent waits
 * for approval).
 *
 * Locks go post, first comment of the thread, parent, what the author feels close to, counts: everywhere
 * in this order.
 */
export async function createComment(
  ctx: Context,
  wish: Wish,
  idempotencyKey: IdempotencyKey | null,
): Promise<CommentId> {
  let isCounted = false;
  const check = async () => {
    const look = await engageablePost(ctx, wish.postId, wish.authorId);
    if (look.post.comments_off) throw new Problem('comments_off');
    const parent = wish.parentId ? await commentOn(ctx, look, wish.parentId) : null;
    const [mentions, medium] = await Promise.all([
      mentionedIn(ctx.db, wish.authorId, wish.text),
      mediumOf(ctx, wish.postId),
    ]);
    return { look, mentions, medium, answeredId: parent?.row.author_id ?? null };
  };
  const write = async (tx: Transaction, checked: Awaited<ReturnType<typeof check>>) => {
    const { look, mentions, medium, answeredId } = checked;
    const held = await demandMayComment(tx, look, wish.authorId);
    const rootId = wish.parentId ? await lockThread(tx, wish.postId, wish.parentId) : null;
    // Taken under the lock of the thread, so that replies are read in the order in which they came.
    const commentId = ctx.ids.next<CommentId>();
    const at = ctx.clock.now();
    const comment = {
      post_id: wish.postId,
      comment_id: commentId,
      parent_id: wish.parentId,
      root_id: rootId,
      author_id: wish.authorId,
      text: wish.text,
      mentions,
      held_at: held ? at : null,
      created_at: at,
    };
    // Sent together, so that the locks are held for one way to the database and back.
    await Promise.all([
      noteInteractions(tx, talkOf(look, { by: wish.authorId, answeredId, medium, at })),
      insertComment(tx, comment),
      rootId && !held ? addToComment(tx, wish.postId, rootId, { replies: 1 }) : null,
      held ? null : addToPostCounts(tx, wish.postId, { comments: 1 }),
    ]);
    isCounted = !held;
    return commentId;
  };
  const commentId = await once(ctx, wish.authorId, idempotencyKey, write, check);
  if (isCounted) tellCounts(ctx, wish.postId);
  return commentId;
}

/** A comment is addressed to the author of the post; a reply as well to whom it answers, and only once. */
export function talkOf(
  { post }: Pick<PostLook, 'post'>,
  said: Pick<Interaction, 'at' | 'undoes' | 'medium'> & {
    readonly by: PersonId;
    readonly answeredId: PersonId | null;
  },
): Interaction[] {
  const { by: personId, answeredId, ...rest } = said;
  const comment: Interaction = { personId, otherId: post.author_id, kind: 'comment', ...rest };
  if (answeredId === null || answeredId === post.author_id) return [comment];
  return [comment, { ...comment, otherId: answeredId, kind: 'reply', medium: null }];
}

/**
 * Asks again with the post as it is now, and keeps it so until the comment is written: whoever deletes
 * it, or turns comments off, does so before or after. Gives whether what this person says waits for
 * the author of the post, who restricts them.
 */
async function demandMayComment(
  tx: Transaction,
  look: PostLook,
  authorId: PersonId,
): Promise<boolean> {
  const ownerId = look.post.author_id;
  const [now, { following, restricting }, { comments_from }] = await Promise.all([
    holdPost(tx, look.post.post_id),
    relationOf(tx, ownerId, authorId),
    findPreferences(tx, ownerId),
  ]);
  if (!now || !mayEngage({ ...look, post: now })) throw new Problem('post_not_found');
  if (now.comments_off) throw new Problem('comments_off');
  if (!takesComments(comments_from, ownerId === authorId, following)) {
    throw new Problem('comments_off', 'The author of this post does not take comments from you.');
  }
  return restricting;
}

const KINDS = ['following', 'restricting'] as const;

/** What stands between the author of a post and whoever comments on it, as the former chose. */
async function relationOf(tx: Transaction, ownerId: PersonId, authorId: PersonId) {
  const relations = await relationsAmong(tx, ownerId, [authorId], KINDS);
  return relations.get(authorId) ?? STRANGER;
}

/** The first comment of the thread that the parent stands in; nobody deletes it until we are done. */
async function lockThread(
  tx: Transaction,
  postId: PostId,
  parentId: CommentId,
): Promise<CommentId> {
  const thread = await lockInThread(tx, postId, parentId);
  if (!thread) throw new Problem('comment_not_found');
  if (thread.comment.held_at) {
    throw new Problem('forbidden', 'This comment waits for approval: nobody could read the reply.');
  }
  return thread.root.comment_id;
}
