import { ApiError } from '../../data/client.ts';
import { setFollowing } from '../../data/people.ts';
import { setLiked } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { go, place } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';

/** Says what went wrong in a toast with a way to try again; what is no answer of ours goes on up. */
export function tell(error: unknown, text: (reason: string) => string, again: () => void): void {
  if (!(error instanceof ApiError)) throw error;
  // Someone whose session just ended is told so by the app.
  if (error.status === 401) return;
  toast({ text: text(error.message), action: { label: t('try-again'), run: again } });
}

/** Sends a visitor to log in and back here; true when someone is signed in. */
export function needsMe(): boolean {
  if (me.peek()) return true;
  const { path, query } = place.peek();
  go(`/log-in?next=${encodeURIComponent(path + query)}`);
  return false;
}

/** Likes a post, or takes the like back. */
export function like(id: string, liked: boolean): void {
  if (!needsMe()) return;
  setLiked(id, liked).catch((error: unknown) =>
    tell(
      error,
      (reason) => t(liked ? 'post.like-failed' : 'post.unlike-failed', { reason }),
      () => like(id, liked),
    ),
  );
}

/** Follows a person, or leaves them. */
export function follow(id: string, following: boolean): void {
  if (!needsMe()) return;
  setFollowing(id, following, me.peek()?.user_id).catch((error: unknown) =>
    tell(
      error,
      (reason) => t('follow.failed', { reason }),
      () => follow(id, following),
    ),
  );
}

/** The address of a post, to give to others. */
export function linkTo(id: string): string {
  return new URL(`/p/${id}`, location.href).href;
}

/** Puts the address of a post, or of what stands under it, on the clipboard and says so. */
export async function copyLink(id: string, link = linkTo(id)): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    toast({ text: t('post.copied') });
  } catch (error) {
    // Not allowed, or not a secure page: then the address itself is shown.
    console.info('The clipboard refused:', error);
    toast({ text: t('post.copy-failed', { link }) });
  }
}

/** Offers the post to the device's own sharing, or copies its address where there is none. */
export async function share(id: string, title: string): Promise<void> {
  if (!navigator.share) return copyLink(id);
  try {
    await navigator.share({ title, url: linkTo(id) });
  } catch (error) {
    const closed = error instanceof DOMException && error.name === 'AbortError';
    if (!closed) await copyLink(id);
  }
}

/** Work that waits for its toast to go; done at once when the page is left. */
const later = new Set<() => void>();
if (typeof document !== 'undefined') {
  addEventListener('pagehide', () => {
    for (const work of later) work();
  });
}

/** Shows that something is gone, with a way back; it happens when the toast has gone. */
export function undoable(text: string, undo: () => void, work: () => void): void {
  const once = () => {
    if (later.delete(once)) work();
  };
  later.add(once);
  toast({
    text,
    action: {
      label: t('undo'),
      run: () => {
        if (later.delete(once)) undo();
      },
    },
    onGone: once,
  });
}
