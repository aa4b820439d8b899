import type { PostId } from '../../api/ids.ts';
import type {
  archivePost,
  listArchived,
  listDeleted,
  pinPost,
  restorePost,
  unarchivePost,
  unpinPost,
} from '../../api/own-posts.ts';
import type { removeOwnTag } from '../../api/posts.ts';
import type { DataOf } from '../../api/route.ts';
import { call } from './client.ts';
import { homeFeedLists } from './home-feed.ts';
import { type List, listNamed } from './lists.ts';
import { keepPerson } from './people.ts';
import { changePost, deletePost, hidePost, keepPost, post, unhidePost } from './posts.ts';
import { profilePostsList, taggedPostsList } from './profile-posts.ts';

/** A post that is gone for now, until when it can be brought back, and since when. */
export type DeletedPost = DataOf<typeof listDeleted>[number];

/** The person's archive: ids, latest first. */
export function archiveList(): List<string> {
  return listNamed('archive', {
    load: async (cursor) => {
      const page = await call<typeof listArchived>('GET /account/archived-posts', {
        query: { limit: 30, ...(cursor === undefined ? {} : { cursor }) },
      });
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id) => id,
  });
}

/** What the person has deleted and can still restore. */
export function deletedList(): List<DeletedPost> {
  return listNamed<DeletedPost>('deleted', {
    load: async (cursor) => {
      const page = await call<typeof listDeleted>('GET /account/deleted-posts', {
        query: cursor === undefined ? {} : { cursor },
      });
      for (const { user } of page.items) keepPerson(user);
      return page;
    },
    idOf: (one) => one.post_id,
  });
}

const params = (id: string) => ({ params: { post_id: id as PostId } });

/** Pins one's own post, or takes the pin away. Throws `ApiError` after undoing. */
export async function setPinned(id: string, pinned: boolean): Promise<void> {
  changePost(id, () => ({ pinned }));
  try {
    const said = pinned
      ? await call<typeof pinPost>('POST /posts/{post_id}/pin', params(id))
      : await call<typeof unpinPost>('DELETE /posts/{post_id}/pin', params(id));
    keepPost({ ...said, pinned });
    // The pinned ones stand on top.
    const grid = profilePostsList(said.user.username);
    if (grid.state.peek() === 'ready') await grid.reload();
  } catch (error) {
    changePost(id, () => ({ pinned: !pinned }));
    throw error;
  }
}

/** Puts one's own post away, or takes it out again. Throws `ApiError` after undoing. */
export async function setArchived(id: string, archived: boolean): Promise<void> {
  const before = post(id).peek();
  changePost(id, () => ({ archived_at: archived ? new Date().toISOString() : null }));
  const lists = listsOf(before?.user.username);
  const places = takeOut(id, archived ? lists : [archiveList()]);
  try {
    const said = archived
      ? await call<typeof archivePost>('POST /posts/{post_id}/archive', params(id))
      : await call<typeof unarchivePost>('DELETE /posts/{post_id}/archive', params(id));
    keepPost(said);
    for (const list of archived ? [archiveList()] : lists) freshen(list);
  } catch (error) {
    changePost(id, () => ({ archived_at: before?.archived_at ?? null }));
    for (const { list, index } of places) list.insert(id, index);
    throw error;
  }
}

function listsOf(username: string | undefined): List<string>[] {
  return username === undefined ? [] : [...homeFeedLists(), profilePostsList(username)];
}

function takeOut(id: string, lists: readonly List<string>[]) {
  return lists.flatMap((list) => {
    const index = list.items.peek().indexOf(id);
    if (index < 0) return [];
    list.remove(id);
    return [{ list, index }];
  });
}

/** A list that was loaded once is loaded anew, since something belongs into it that it lacks. */
function freshen<Item>(list: List<Item>): void {
  if (list.state.peek() === 'ready') list.reload().catch(reportError);
}

/** Deletes one's own post; it can be restored for 30 days. Throws `ApiError` after undoing. */
export async function removePost(id: string): Promise<void> {
  hidePost(id);
  try {
    await deletePost(id);
    freshen(deletedList());
  } catch (error) {
    unhidePost(id);
    throw error;
  }
}

/** Brings a deleted post back to where it was. Throws `ApiError`. */
export async function restore(id: string): Promise<void> {
  const said = await call<typeof restorePost>('POST /posts/{post_id}/restore', params(id));
  keepPost(said);
  unhidePost(id);
  deletedList().remove(id);
  freshen(said.archived_at ? archiveList() : profilePostsList(said.user.username));
}

/** Takes the person off the pictures of somebody's post, for good. Throws `ApiError`. */
export async function removeTag(id: string, username: string): Promise<void> {
  keepPost(await call<typeof removeOwnTag>('DELETE /posts/{post_id}/tag', params(id)));
  taggedPostsList(username).remove(id);
}
