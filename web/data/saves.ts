import { signal } from '@preact/signals';
import type { CollectionId, PostId } from '../../api/ids.ts';
import type * as saves from '../../api/saves.ts';
import { call, newIdempotencyKey } from './client.ts';
import { forgetList, type List, listNamed } from './lists.ts';
import { changePost, keepPost, post } from './posts.ts';

export type Collection = saves.Collection;

const savedName = (collectionId: string | null) => `saved ${collectionId ?? ''}`;
/** Posts asked for at once: two screens of the grid. */
const PAGE = 30;

/** What the signed-in person saved: ids of posts, last saved first; of one collection if it is given. */
export function savedPostsList(collectionId: string | null): List<string> {
  return listNamed(savedName(collectionId), {
    load: async (cursor) => {
      const page = await call<typeof saves.savedFeed>('GET /feed/saved', {
        query: {
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
          ...(collectionId === null ? {} : { collection_id: collectionId as CollectionId }),
        },
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}

/** Collections off the screen that the server still has. */
const hidden = signal<ReadonlySet<string>>(new Set());

/** The person's collections, newest first. */
export function collectionsList(): List<Collection> {
  return listNamed<Collection>('collections', {
    load: (cursor) =>
      call<typeof saves.listCollections>('GET /collections', {
        query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) },
      }),
    idOf: (collection) => collection.collection_id,
  });
}

/** Those of the list that are shown: not the ones that are being deleted. */
export function shownCollections(list: List<Collection>): readonly Collection[] {
  return list.items.value.filter(({ collection_id }) => !hidden.value.has(collection_id));
}

/** Counts and covers have changed: a list that is here already is asked for anew. */
function refreshCollections(): void {
  const list = collectionsList();
  // The list says itself when that fails.
  if (list.state.peek() === 'ready') void list.reload();
}

function putOnTop(id: string, collectionId: string | null): void {
  const list = savedPostsList(collectionId);
  if (list.state.peek() === 'ready') list.putFirst([id]);
}

const show = (id: string, saved: boolean) =>
  changePost(id, (now) => ({ viewer: { ...now.viewer, saved } }));

/**
 * Saves a post, also into a collection: shown at once and undone when the server refuses. Gives the
 * collections that hold it then. Throws `ApiError` after undoing.
 */
export async function savePost(
  id: string,
  collectionId: CollectionId | null,
): Promise<readonly CollectionId[]> {
  const before = post(id).peek()?.viewer.saved ?? false;
  show(id, true);
  try {
    const state = await call<typeof saves.savePost>('POST /posts/{post_id}/save', {
      params: { post_id: id as PostId },
      body: collectionId === null ? {} : { collection_id: collectionId },
    });
    if (!before) putOnTop(id, null);
    if (collectionId !== null) {
      putOnTop(id, collectionId);
      refreshCollections();
    }
    return state.collection_ids;
  } catch (error) {
    show(id, before);
    throw error;
  }
}

/** Takes a post out of one collection; it stays saved. Throws `ApiError`. */
export async function takeOut(
  id: string,
  collectionId: CollectionId,
): Promise<readonly CollectionId[]> {
  const state = await call<typeof saves.unsavePost>('DELETE /posts/{post_id}/save', {
    params: { post_id: id as PostId },
    query: { collection_id: collectionId },
  });
  savedPostsList(collectionId).remove(id);
  refreshCollections();
  return state.collection_ids;
}

/** Shows a post as not saved, and gives what shows it as saved again; nothing is asked of the server. */
export function hideSave(id: string): () => void {
  show(id, false);
  return () => show(id, true);
}

/** Lets a post go on the server, also while the page is being left. Throws `ApiError`. */
export async function unsavePost(id: string): Promise<void> {
  await call<typeof saves.unsavePost>('DELETE /posts/{post_id}/save', {
    params: { post_id: id as PostId },
    query: {},
    keepalive: true,
  });
  refreshCollections();
}

/** In which collections a post is. Throws `ApiError`. */
export async function saveStateOf(id: string, signal?: AbortSignal): Promise<saves.SaveState> {
  return call<typeof saves.getSaveState>('GET /posts/{post_id}/save', {
    params: { post_id: id as PostId },
    signal,
  });
}

/** Makes a collection and puts it at the top of the list. Throws `ApiError`. */
export async function createCollection(name: string): Promise<Collection> {
  const made = await call<typeof saves.createCollection>('POST /collections', {
    body: { name },
    idempotencyKey: newIdempotencyKey(),
  });
  collectionsList().putFirst([made]);
  return made;
}

/** Throws `ApiError`. */
export async function renameCollection(id: CollectionId, name: string): Promise<void> {
  const renamed = await call<typeof saves.renameCollection>('PUT /collections/{collection_id}', {
    params: { collection_id: id },
    body: { name },
  });
  collectionsList().replace(id, renamed);
}

/** Takes a collection off the screen, and gives what puts it back; nothing is asked of the server. */
export function hideCollection({ collection_id }: Collection): () => void {
  hidden.value = new Set(hidden.peek()).add(collection_id);
  return () => {
    const rest = new Set(hidden.peek());
    rest.delete(collection_id);
    hidden.value = rest;
  };
}

/** Deletes a collection on the server, also while the page is being left. Throws `ApiError`. */
export async function deleteCollection(id: CollectionId): Promise<void> {
  await call<typeof saves.deleteCollection>('DELETE /collections/{collection_id}', {
    params: { collection_id: id },
    keepalive: true,
  });
  collectionsList().remove(id);
  forgetList(savedName(id));
}
