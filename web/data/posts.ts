import { type ReadonlySignal, signal } from '@preact/signals';
import type * as posts from '../../api/posts.ts';
import type { BodyOf } from '../../api/route.ts';
import { withLastingAddresses } from './addresses.ts';
import { createCache } from './cache.ts';
import { call, whenAnswered } from './client.ts';
import { changePerson, keepPerson } from './people.ts';
import { onSignedOut } from './session.ts';

type Post = posts.Post;

const known = createCache<Post>();
const goneIds = signal<ReadonlySet<string>>(new Set());

onSignedOut(() => {
  known.clear();
  goneIds.value = new Set();
});

/** Ids of posts that went away while the app was open, deleted or hidden; lists leave them out. */
export const gonePosts: ReadonlySignal<ReadonlySet<string>> = goneIds;

interface Telling {
  /** The grid of a profile, which alone tells what is pinned there. */
  readonly grid?: boolean;
  /** The addresses of pictures that are in use do not work any more. */
  readonly anew?: boolean;
}

/** Takes in a post of an answer and gives its id. Of a like that may be newer, its own word stands. */
export function keepPost(post: Post): string {
  return keepTold(post, {});
}

/** The same, of an answer that tells more than others. */
export function keepTold(post: Post, telling: Telling): string {
  keepPerson(post.user);
  // The original is a post like any other: what is done with it shows wherever it stands.
  if (post.reposted) keepPost({ ...post.reposted, reposted: null });
  const id = post.post_id;
  const now = known.peek(id);
  // Hidden for a time, by a block or a private account, and shown again. One's own wait for their undo.
  if (!post.viewer.is_author) unhidePost(id);
  known.put(id, {
    ...post,
    media: now && !telling.anew ? withLastingAddresses(post.media, now.media) : post.media,
    pinned: post.pinned || (telling.grid !== true && now?.pinned === true),
    ...(now && likesHeld.has(id) ? likeOf(now) : {}),
  });
  return id;
}

function likeOf(now: Post) {
  return { likes_count: now.likes_count, viewer: now.viewer };
}

/** The post as it is known now; undefined while no answer has spoken of it. */
export function post(id: string): ReadonlySignal<Post | undefined> {
  return known.at(id);
}

/** Changes what is known of a post here; does nothing when nothing is. */
export function changePost(id: string, change: (now: Post) => Partial<Post>): void {
  known.change(id, change);
}

/** Asks the server for a post and takes it in. Throws `ApiError`. */
export async function loadPost(id: string, abort?: AbortSignal): Promise<Post> {
  const loaded = await call<typeof posts.getPost>('GET /posts/{post_id}', {
    params: { post_id: id as Post['post_id'] },
    signal: abort,
  });
  keepPost(loaded);
  return loaded;
}

/** How many answers to a like are awaited for each post; only the last one is believed. */
const likesUnderWay = new Map<string, number>();
/** Those, and the ones that were answered before some other call: that may not know of them yet. */
const likesHeld = new Map<string, number>();

function count(likes: Map<string, number>, id: string, step: 1 | -1): void {
  const left = (likes.get(id) ?? 0) + step;
  if (left === 0) likes.delete(id);
  else likes.set(id, left);
}

/**
 * Likes a post or takes the like back: shown at once and undone when the server refuses. Throws
 * `ApiError` after undoing.
 */
export async function setLiked(id: string, liked: boolean): Promise<void> {
  const now = known.peek(id);
  if (!now || now.viewer.liked === liked) return;
  const params = { post_id: id as Post['post_id'] };
  showLiked(id, liked);
  count(likesUnderWay, id, 1);
  count(likesHeld, id, 1);
  try {
    const answer = liked
      ? await call<typeof posts.likePost>('POST /posts/{post_id}/like', { params })
      : await call<typeof posts.unlikePost>('DELETE /posts/{post_id}/like', { params });
    // An older answer must not undo a newer wish.
    if (likesUnderWay.get(id) === 1) {
      changePost(id, (now) => ({
        likes_count: answer.likes_count,
        viewer: { ...now.viewer, liked: answer.liked },
      }));
    }
  } catch (error) {
    if (known.peek(id)?.viewer.liked === liked) showLiked(id, !liked);
    throw error;
  } finally {
    count(likesUnderWay, id, -1);
    void whenAnswered().then(() => count(likesHeld, id, -1));
  }
}

function showLiked(id: string, liked: boolean): void {
  changePost(id, (now) => ({
    likes_count: now.likes_count === null ? null : Math.max(0, now.likes_count + (liked ? 1 : -1)),
    viewer: { ...now.viewer, liked },
  }));
}

/** Takes counts that the socket told, unless a like of one's own is still under way. */
export function tellCounts(id: string, likes: number | null, comments: number): void {
  changePost(id, () => ({
    comments_count: comments,
    ...(likesUnderWay.has(id) ? {} : { likes_count: likes }),
  }));
}

/** Changes the caption or alt texts of one's own post. Throws `ApiError`. */
export async function editPost(id: string, body: BodyOf<typeof posts.editPost>): Promise<void> {
  const params = { post_id: id as Post['post_id'] };
  keepPost(await call<typeof posts.editPost>('PUT /posts/{post_id}', { params, body }));
}

/** Takes a post out of every list here; nothing is asked of the server. */
export function hidePost(id: string): void {
  if (goneIds.peek().has(id)) return;
  goneIds.value = new Set(goneIds.peek()).add(id);
  countPosts(id, -1);
}

/** Leaves a post out that the person may not see any more; it counts as before. */
export function losePost(id: string): void {
  goneIds.value = new Set(goneIds.peek()).add(id);
}

/** Puts it back where it was. */
export function unhidePost(id: string): void {
  if (!goneIds.peek().has(id)) return;
  const rest = new Set(goneIds.peek());
  rest.delete(id);
  goneIds.value = rest;
  countPosts(id, 1);
}

/** Only one's own: of others it is not known here whether a post is gone for all, or only hidden. */
function countPosts(id: string, step: number): void {
  const post = known.peek(id);
  if (!post?.viewer.is_author) return;
  changePerson(post.user.user_id, (now) =>
    now.posts_count === undefined ? {} : { posts_count: Math.max(0, now.posts_count + step) },
  );
}

/** Deletes one's own post on the server, also while the page is being left. Throws `ApiError`. */
export async function deletePost(id: string): Promise<void> {
  await call<typeof posts.deletePost>('DELETE /posts/{post_id}', {
    params: { post_id: id as Post['post_id'] },
    keepalive: true,
  });
}
