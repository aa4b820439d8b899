import {
  removePost,
  removeTag,
  restore as restorePost,
  setArchived,
  setPinned,
} from '../../data/own-posts.ts';
import { changePost, editPost } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { type Key, t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { tell } from './undo.ts';

/** Does it, says that it is done, with a way back; or says why not, with a way to try again. */
function act(work: () => Promise<void>, done: Key, undo?: () => void): void {
  const text = t(done);
  work().then(
    () => toast({ text, ...(undo ? { action: { label: t('undo'), run: undo } } : {}) }),
    (error: unknown) => {
      tell(
        error,
        (reason) => t('own.failed', { reason }),
        () => act(work, done, undo),
      );
    },
  );
}

export function pin(id: string, pinned: boolean): void {
  act(
    () => setPinned(id, pinned),
    pinned ? 'own.pinned' : 'own.unpinned',
    () => pin(id, !pinned),
  );
}

export function archive(id: string, archived: boolean): void {
  act(
    () => setArchived(id, archived),
    archived ? 'own.archived' : 'own.unarchived',
    () => archive(id, !archived),
  );
}

export function hideLikes(id: string, likes_hidden: boolean): void {
  act(
    () => set(id, { likes_hidden }),
    likes_hidden ? 'own.likes-are-hidden' : 'own.likes-are-shown',
    () => hideLikes(id, !likes_hidden),
  );
}

export function turnCommentsOff(id: string, comments_off: boolean): void {
  act(
    () => set(id, { comments_off }),
    comments_off ? 'own.comments-are-off' : 'own.comments-are-on',
    () => turnCommentsOff(id, !comments_off),
  );
}

/** A switch of a post: shown at once, taken back when the server refuses. */
async function set(
  id: string,
  change: { readonly likes_hidden: boolean } | { readonly comments_off: boolean },
): Promise<void> {
  changePost(id, () => change);
  try {
    await editPost(id, change);
  } catch (error) {
    const back = Object.fromEntries(Object.entries(change).map(([name, on]) => [name, !on]));
    changePost(id, () => back);
    throw error;
  }
}

/** Deletes one's own post, which can be undone here at once and elsewhere for 30 days. */
export function remove(id: string): void {
  act(
    () => removePost(id),
    'own.deleted',
    () => restore(id),
  );
}

export function restore(id: string): void {
  act(() => restorePost(id), 'own.restored');
}

/** The same from the list of deleted posts, from where it can be undone as well. */
export function restoreFromList(id: string): void {
  act(
    () => restorePost(id),
    'own.restored',
    () => remove(id),
  );
}

/** Takes the person off somebody's post. */
export function untagMe(id: string): void {
  const username = me.peek()?.username;
  if (username === undefined) return;
  act(() => removeTag(id, username), 'tagged.removed');
}
