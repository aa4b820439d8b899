import { computed, signal } from '@preact/signals';
import type { PersonId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { newIdempotencyKey } from '../client.ts';
import { deletePost } from '../posts.ts';
import { arrive } from './arrive.ts';
import { holdBytes, letGoOfHeld } from './held-bytes.ts';
import type { Taken } from './intake.ts';
import type { PendingFile, PendingPost } from './pending.ts';
import * as pending from './pending.ts';
import { DRAFT_EDITS, PENDING_FLAG } from './pending-flag.ts';
import * as store from './store.ts';

/** Said to the other tabs of this browser. */
type Word =
  | { readonly kind: 'changed' }
  | { readonly kind: 'moving'; readonly sent: readonly (readonly [string, number])[] }
  | { readonly kind: 'waiting'; readonly waitingFor: WaitingFor }
  | { readonly kind: 'published'; readonly post: Post };

export type WaitingFor = 'network' | 'server' | null;

/** Everything of the signed-in person that is not a post yet, oldest first. */
export const pendingPosts = signal<readonly PendingPost[]>([]);
/** Bytes that have gone of files that are on the way. */
export const moving = signal<ReadonlyMap<string, number>>(new Map());
/** Why nothing goes at the moment. */
export const waitingFor = signal<WaitingFor>(null);
/** The draft that was begun last. */
export const draft = computed(() => pendingPosts.value.findLast((post) => post.step === 'draft'));

let owner: PersonId | null = null;
let channel: BroadcastChannel | null = null;
const listeners = new Set<() => void>();

/** Reads what is there of this person and follows what the other tabs do. */
export async function openPending(personId: PersonId): Promise<void> {
  if (owner === personId) return;
  owner = personId;
  channel ??= new BroadcastChannel('aperto-uploads');
  channel.onmessage = (event: MessageEvent<Word>) => hear(event.data);
  await reload();
}

/** Calls back after every change, of this tab or another. Gives the function that ends it. */
export function onPendingChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hear(word: Word): void {
  if (word.kind === 'moving') moving.value = new Map(word.sent);
  else if (word.kind === 'waiting') waitingFor.value = word.waitingFor;
  else if (word.kind === 'published') arrive(word.post);
  else reload().catch(reportError);
}

async function reload(): Promise<void> {
  if (owner === null) return;
  const posts = await store.readPosts(owner);
  pendingPosts.value = posts;
  if (posts.length > 0) localStorage.setItem(PENDING_FLAG, '1');
  else {
    localStorage.removeItem(PENDING_FLAG);
    letGoOfHeld();
  }
  for (const listener of listeners) listener();
}

async function changed(): Promise<void> {
  await reload();
  say({ kind: 'changed' });
}

function say(word: Word): void {
  channel?.postMessage(word);
}

export function sayMoving(sent: ReadonlyMap<string, number>): void {
  moving.value = sent;
  say({ kind: 'moving', sent: [...sent] });
}

export function sayWaiting(reason: WaitingFor): void {
  if (waitingFor.peek() === reason) return;
  waitingFor.value = reason;
  say({ kind: 'waiting', waitingFor: reason });
}

/** A post has arrived: it takes its place in the lists of every tab. */
export function sayPublished(post: Post): void {
  arrive(post);
  say({ kind: 'published', post });
}

/** A new draft of these files. */
export async function beginDraft(
  taken: readonly Taken[],
  more: Partial<PendingPost> = {},
): Promise<PendingPost> {
  if (owner === null) throw new Error('Nobody is signed in');
  const post = await store.createPost({
    id: newIdempotencyKey(),
    personId: owner,
    createdAt: Date.now(),
    step: 'draft',
    aspect: 'original',
    caption: '',
    files: [],
    idempotencyKey: newIdempotencyKey(),
    postId: null,
    failure: null,
    ...more,
  });
  await addFiles(post.id, taken);
  return post;
}

/** Adds files. Where the device has no room for their bytes, they go as long as this page is open. */
export async function addFiles(id: string, taken: readonly Taken[]): Promise<void> {
  const put = new Map<string, Blob>();
  for (const { file, bytes, preview } of taken) {
    put.set(file.id, bytes);
    if (preview) put.set(store.previewKey(file.id), preview);
  }
  const add = (files: readonly PendingFile[]) => (post: PendingPost) => ({
    ...post,
    files: [...post.files, ...files],
  });
  const files = taken.map((one) => one.file);
  try {
    await store.updatePost(id, add(files), { put });
  } catch (error) {
    if (!store.isNoSpace(error)) throw error;
    holdBytes(put);
    await store.updatePost(id, add(files.map((file) => ({ ...file, fleeting: true }))));
    toast({ text: t('upload.fleeting') });
  }
  await changed();
}

/** Another cover of a video: which second, and its picture. */
export async function changeCover(
  id: string,
  fileId: string,
  posterAt: number,
  picture: Blob,
): Promise<void> {
  const put = new Map([[store.previewKey(fileId), picture]]);
  await store.updatePost(id, (post) => pending.changeFile(post, fileId, { posterAt }), { put });
  await changed();
}

export async function removeFile(id: string, fileId: string): Promise<void> {
  const remove = (post: PendingPost) => ({
    ...post,
    files: post.files.filter((file) => file.id !== fileId),
    failure: post.failure?.fileId === fileId ? null : post.failure,
  });
  await store.updatePost(id, remove, { drop: [fileId] });
  await changed();
}

/** Changes a post in one step. Gives what it is now, or null when it is gone. */
export async function change(
  id: string,
  by: (post: PendingPost) => PendingPost,
): Promise<PendingPost | null> {
  const now = await store.updatePost(id, by);
  await changed();
  return now;
}

export const share = (id: string) => change(id, (post) => ({ ...post, step: 'sharing' }));

/** Brings a draft to the server as such, and away from here. */
export const keepForLater = (id: string) =>
  change(id, (post) => ({ ...post, step: 'saving', failure: null }));

/** Makes a draft the one that is written at. */
export const takeUp = (id: string) => change(id, (post) => ({ ...post, createdAt: Date.now() }));

export function tryAgain(id: string): Promise<PendingPost | null> {
  forgetFailed(id);
  return change(id, (post) => pending.retry(post, newIdempotencyKey()));
}

export function editAgain(id: string): Promise<PendingPost | null> {
  forgetFailed(id);
  return change(id, (post) => pending.backToDraft(post, newIdempotencyKey()));
}

/** A post that failed in processing stays at the server until its author lets it go. */
function forgetFailed(id: string): void {
  const post = pendingPosts.peek().find((one) => one.id === id);
  if (post?.step !== 'failed' || post.postId === null) return;
  deletePost(post.postId).catch((error: unknown) => {
    // Only its author sees it, as failed; nothing is lost when it stays.
    console.info('The failed post could not be deleted:', error);
  });
}

export async function discard(id: string): Promise<void> {
  forgetFailed(id);
  await store.removePost(id);
  await changed();
}

/** Ends the work for this person; with `forget`, everything of everyone on this device goes. */
export async function closePending(forget: boolean): Promise<void> {
  if (forget) {
    await store.removeAll();
    say({ kind: 'changed' });
    localStorage.removeItem(PENDING_FLAG);
    localStorage.removeItem(DRAFT_EDITS);
  }
  owner = null;
  pendingPosts.value = [];
  moving.value = new Map();
  waitingFor.value = null;
}
