import { setLiked } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { go, place } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';
import { tell } from './undo.ts';

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
