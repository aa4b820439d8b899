import type { PersonId } from '../../../api/ids.ts';
import { letGoOfHeld, readHeld } from './held-bytes.ts';
import type { PendingPost } from './pending.ts';

const DATABASE = 'aperto-uploads';
const VERSION = 1;

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('posts', { keyPath: 'id' });
      // Bytes of a file under its id, its small preview under `id:preview`.
      request.result.createObjectStore('bytes');
    };
    request.onsuccess = () => {
      const database = request.result;
      // Another tab wants a newer layout, or the person has cleared the site's data.
      database.onversionchange = () => database.close();
      database.onclose = () => {
        opened = null;
      };
      resolve(database);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

interface Stores {
  readonly posts: IDBObjectStore;
  readonly bytes: IDBObjectStore;
}

/** Runs `work` in one transaction; everything it wrote is there, or (when it throws) nothing is. */
async function transact<T>(
  mode: IDBTransactionMode,
  work: (stores: Stores) => Promise<T> | T,
): Promise<T> {
  const database = await open();
  const transaction = database.transaction(['posts', 'bytes'], mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The write was given up'));
  });
  // Heard below when the work ends well; an abort after a throw has its own reason.
  done.catch(() => undefined);
  try {
    const result = await work({
      posts: transaction.objectStore('posts'),
      bytes: transaction.objectStore('bytes'),
    });
    await done;
    return result;
  } catch (error) {
    if (transaction.error === null && mode === 'readwrite') abort(transaction);
    throw error;
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch (error) {
    // It had ended by itself already.
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Everything of one person that is not a post yet, oldest first. */
export async function readPosts(personId: PersonId): Promise<PendingPost[]> {
  const all = await transact('readonly', ({ posts }) =>
    answer(posts.getAll() as IDBRequest<PendingPost[]>),
  );
  return all
    .filter((post) => post.personId === personId)
    .sort((one, other) => one.createdAt - other.createdAt);
}

export function createPost(post: PendingPost): Promise<PendingPost> {
  return transact('readwrite', ({ posts }) => {
    posts.add(post);
    return post;
  });
}

/**
 * Changes a post in one step, whatever other tabs do meanwhile. Gives what it is now, or null when
 * there is none. Bytes come and go in the same transaction.
 */
export function updatePost(
  id: string,
  change: (post: PendingPost) => PendingPost,
  bytes: { readonly put?: ReadonlyMap<string, Blob>; readonly drop?: readonly string[] } = {},
): Promise<PendingPost | null> {
  return transact('readwrite', async (stores) => {
    const before = await answer(stores.posts.get(id) as IDBRequest<PendingPost | undefined>);
    if (!before) return null;
    const after = change(before);
    if (after !== before) stores.posts.put(after);
    for (const [key, blob] of bytes.put ?? []) stores.bytes.put(blob, key);
    for (const fileId of bytes.drop ?? []) dropBytes(stores, fileId);
    return after;
  });
}

/** Null when they are not there: the browser has cleared them, or the page that held them was closed. */
export async function readBytes(key: string): Promise<Blob | null> {
  const found = await transact('readonly', ({ bytes }) =>
    answer(bytes.get(key) as IDBRequest<Blob | undefined>),
  );
  return found ?? readHeld(key);
}

/** Whether the browser gives no more room. */
export function isNoSpace(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

export const previewKey = (fileId: string) => `${fileId}:preview`;

export function removePost(id: string): Promise<void> {
  return transact('readwrite', async (stores) => {
    const post = await answer(stores.posts.get(id) as IDBRequest<PendingPost | undefined>);
    for (const file of post?.files ?? []) dropBytes(stores, file.id);
    stores.posts.delete(id);
  });
}

function dropBytes({ bytes }: Stores, fileId: string): void {
  bytes.delete(fileId);
  bytes.delete(previewKey(fileId));
  letGoOfHeld([fileId, previewKey(fileId)]);
}

/** Everything of everyone, for log-out: what is private must not stay on the device. */
export function removeAll(): Promise<void> {
  letGoOfHeld();
  return transact('readwrite', ({ posts, bytes }) => {
    posts.clear();
    bytes.clear();
  });
}
