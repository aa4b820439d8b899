import { type ReadonlySignal, signal } from '@preact/signals';
import type * as api from '../../api/comments.ts';
import type { CommentId, PostId } from '../../api/ids.ts';
import { createCache } from './cache.ts';
import { call } from './client.ts';
import { type List, listNamed } from './lists.ts';
import { keepPerson } from './people.ts';
import { changePost, post } from './posts.ts';
import { onSignedOut } from './session.ts';

/** A comment as it is shown: one that was just written may still be on its way. */
export interface ShownComment extends api.Comment {
  readonly sending?: 'under-way' | 'failed' | undefined;
  /** Of the writing, kept over its retries and afterwards. */
  readonly idempotencyKey?: string | undefined;
  /** When it was pinned here, before the server's order is known. */
  readonly pinnedHere?: number | undefined;
}

const known = createCache<ShownComment>();
const hiddenIds = signal<ReadonlySet<string>>(new Set());
/** How many answers to a like are awaited for each comment; only the last one is believed. */
const likesUnderWay = new Map<string, number>();

onSignedOut(() => {
  known.clear();
  hiddenIds.value = new Set();
});

/** The comment as it is known now; undefined while no answer has spoken of it. */
export function comment(id: string): ReadonlySignal<ShownComment | undefined> {
  return known.at(id);
}

/** Changes what is known of a comment here; does nothing when nothing is. */
export function changeComment(
  id: string,
  change: (now: ShownComment) => Partial<ShownComment>,
): void {
  known.change(id, change);
}

/** Takes in a comment of an answer, or one that is being written, and gives its id. */
export function keepComment(said: ShownComment): string {
  keepPerson(said.user);
  const id = said.comment_id;
  const now = known.peek(id);
  // Its key goes with it, and while a like is under way its own word stands.
  const own = now ? { idempotencyKey: now.idempotencyKey, pinnedHere: now.pinnedHere } : {};
  const liked =
    now && likesUnderWay.has(id)
      ? { likes_count: now.likes_count, viewer: { ...said.viewer, liked: now.viewer.liked } }
      : {};
  known.put(id, { ...own, ...said, ...liked });
  return id;
}

/** The first comments of the threads under a post: ids, newest first, pinned ones before them. */
export function commentsOn(postId: string): List<string> {
  return listNamed<string>(`comments ${postId}`, {
    load: async (cursor) => {
      const page = await call<typeof api.listComments>('GET /posts/{post_id}/comments', {
        params: { post_id: postId as PostId },
        query: cursor === undefined ? {} : { cursor },
      });
      return { items: page.items.map(keepComment), next: page.next };
    },
    idOf: (id) => id,
  });
}

/** Asks for one comment and takes it in. Throws `ApiError`. */
export async function loadComment(postId: string, id: string): Promise<ShownComment> {
  const loaded = await call<typeof api.getComment>('GET /posts/{post_id}/comments/{comment_id}', {
    params: { post_id: postId as PostId, comment_id: id as CommentId },
  });
  keepComment(loaded);
  return loaded;
}

/** The comments of these ids that are there to be shown. Subscribes whoever asks. */
export function shownAmong(ids: readonly string[]): ShownComment[] {
  const hidden = hiddenIds.value;
  return ids.flatMap((id) => {
    const found = hidden.has(id) ? undefined : known.at(id).value;
    return found ? [found] : [];
  });
}

/**
 * First comments in the order in which they stand: pinned ones, then the newest first. A comment that
 * was just pinned or unpinned here has its place at once.
 */
export function inOrder(comments: readonly ShownComment[]): ShownComment[] {
  const pinned = comments.filter((one) => one.pinned);
  const rest = comments.filter((one) => !one.pinned);
  return [
    ...pinned.sort((a, b) => (b.pinnedHere ?? 0) - (a.pinnedHere ?? 0)),
    ...rest.sort((a, b) => compareIds(b.comment_id, a.comment_id)),
  ];
}

/** Ids are numbers that grow with time; those that only this page gave come after all of them. */
export function compareIds(a: string, b: string): number {
  const here = Number(isHere(a)) - Number(isHere(b));
  if (here !== 0) return here;
  if (isHere(a)) return writtenAt(a) < writtenAt(b) ? -1 : 1;
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}

const isHere = (id: string) => id.startsWith('here-');
const writtenAt = (id: string) => known.peek(id)?.created_at ?? '';
const isUnderWay = (id: string) => known.peek(id)?.sending === 'under-way';

/**
 * Looks for comments that others wrote since the list was loaded, when the post's count says that
 * there are some. While one of one's own is on its way nothing is done: it would stand there twice.
 */
export async function lookForComments(postId: string): Promise<void> {
  const list = commentsOn(postId);
  const here = list.items.peek();
  if (list.state.peek() !== 'ready' || here.some(isUnderWay)) return;
  const counted = here.reduce((sum, id) => sum + countOf(id), 0);
  const complete = list.ended.peek() && counted >= (post(postId).peek()?.comments_count ?? 0);
  if (complete) return;
  const pinned = here.filter((id) => known.peek(id)?.pinned);
  const { fresh, gap, startOver } = await list.head();
  if (list.items.peek().some(isUnderWay)) return;
  // What stood on top and was unpinned elsewhere has its place further down now.
  const now = new Set([...list.items.peek(), ...fresh]);
  if (pinned.some((id) => !now.has(id) && !hiddenIds.peek().has(id))) return list.reload();
  if (gap) startOver();
  else list.putFirst(fresh);
}

function countOf(id: string): number {
  const found = known.peek(id);
  if (!found || hiddenIds.peek().has(id) || found.held) return 0;
  return 1 + found.replies_count;
}

/** Counts comments in and out, under the post and under the first one of the thread. */
export function countComments(said: ShownComment, by: number): void {
  changePost(said.post_id, (now) => ({ comments_count: Math.max(0, now.comments_count + by) }));
  if (!said.root_comment_id) return;
  changeComment(said.root_comment_id, (now) => ({
    replies_count: Math.max(0, now.replies_count + by),
  }));
}

/** Takes a comment off the screen, with its thread, and gives back what puts it there again. */
export function hideComment(said: ShownComment): () => void {
  const id = said.comment_id;
  const counted = said.sending === undefined && !said.held ? 1 + said.replies_count : 0;
  hiddenIds.value = new Set(hiddenIds.peek()).add(id);
  countComments(said, -counted);
  return () => {
    const rest = new Set(hiddenIds.peek());
    if (!rest.delete(id)) return;
    hiddenIds.value = rest;
    countComments(said, counted);
  };
}

const paramsOf = ({ post_id, comment_id }: ShownComment) => ({ params: { post_id, comment_id } });

/** Deletes a comment on the server, also while the page is being left. Throws `ApiError`. */
export async function deleteComment(said: ShownComment): Promise<void> {
  await call<typeof api.deleteComment>('DELETE /posts/{post_id}/comments/{comment_id}', {
    ...paramsOf(said),
    keepalive: true,
  });
}

/**
 * Likes a comment or takes the like back: shown at once, undone when the server refuses. Throws
 * `ApiError` after undoing.
 */
export async function setCommentLiked(said: ShownComment, liked: boolean): Promise<void> {
  const id = said.comment_id;
  if (known.peek(id)?.viewer.liked === liked) return;
  showLiked(id, liked);
  likesUnderWay.set(id, (likesUnderWay.get(id) ?? 0) + 1);
  try {
    const answer = await (liked
      ? call<typeof api.likeComment>(
          'POST /posts/{post_id}/comments/{comment_id}/like',
          paramsOf(said),
        )
      : call<typeof api.unlikeComment>(
          'DELETE /posts/{post_id}/comments/{comment_id}/like',
          paramsOf(said),
        ));
    if (likesUnderWay.get(id) === 1) {
      changeComment(id, (now) => ({
        likes_count: answer.likes_count,
        viewer: { ...now.viewer, liked: answer.liked },
      }));
    }
  } catch (error) {
    if (known.peek(id)?.viewer.liked === liked) showLiked(id, !liked);
    throw error;
  } finally {
    const left = (likesUnderWay.get(id) ?? 1) - 1;
    if (left === 0) likesUnderWay.delete(id);
    else likesUnderWay.set(id, left);
  }
}

function showLiked(id: string, liked: boolean): void {
  changeComment(id, (now) => ({
    likes_count: Math.max(0, now.likes_count + (liked ? 1 : -1)),
    viewer: { ...now.viewer, liked },
  }));
}

/** Pins a comment or unpins it: it moves at once, and back when the server refuses. Throws `ApiError`. */
export async function setCommentPinned(said: ShownComment, pinned: boolean): Promise<void> {
  const id = said.comment_id;
  changeComment(id, () => ({ pinned, pinnedHere: pinned ? Date.now() : undefined }));
  try {
    await (pinned
      ? call<typeof api.pinComment>(
          'POST /posts/{post_id}/comments/{comment_id}/pin',
          paramsOf(said),
        )
      : call<typeof api.unpinComment>(
          'DELETE /posts/{post_id}/comments/{comment_id}/pin',
          paramsOf(said),
        ));
  } catch (error) {
    changeComment(id, () => ({ pinned: !pinned, pinnedHere: undefined }));
    throw error;
  }
}

/** Lets everyone see a comment that waited. Throws `ApiError` after taking it back. */
export async function approveComment(said: ShownComment): Promise<void> {
  showHeld(said, false);
  try {
    const answer = await call<typeof api.approveComment>(
      'POST /posts/{post_id}/comments/{comment_id}/approve',
      paramsOf(said),
    );
    keepComment(answer);
  } catch (error) {
    showHeld(said, true);
    throw error;
  }
}

function showHeld(said: ShownComment, held: boolean): void {
  changeComment(said.comment_id, (now) => ({
    held,
    viewer: { ...now.viewer, can_approve: held },
  }));
  countComments(said, held ? -1 : 1);
  if (said.root_comment_id) countHeld(said.root_comment_id, held ? 1 : -1);
}

/** Counts replies that wait, where they are known to this reader. */
export function countHeld(rootId: string, by: number): void {
  changeComment(rootId, (now) => ({
    held_replies_count: Math.max(0, now.held_replies_count + by),
  }));
}
