import type { Post } from '../../api/posts.ts';
import { ApiError } from './api-error.ts';
import type { Page } from './connection.ts';
import { me, onSignedOut } from './session.ts';

/** In localStorage, which is there without https too; one page of a feed is about 30 KB. */
const KEY = 'aperto.last-feed';

interface Kept {
  readonly user_id: string;
  readonly page: Page<Post>;
}

// What only this person may see must not outlive their session on this device.
if (typeof document !== 'undefined') onSignedOut(() => localStorage.removeItem(KEY));

/**
 * Asks for the first page of the feed and keeps it; without a connection, gives the one that was
 * kept for this person, when the list is `empty` so far: what is there already may be newer. What it
 * gives may then be old: the shell says that there is no connection.
 */
export async function orLastFeed(
  ask: () => Promise<Page<Post>>,
  empty: boolean,
): Promise<Page<Post>> {
  try {
    const page = await ask();
    keep(page);
    return page;
  } catch (error) {
    const away = error instanceof ApiError && (error.status === 0 || error.status >= 502);
    const kept = away && empty ? recall() : null;
    if (!kept) throw error;
    return kept;
  }
}

function keep(page: Page<Post>): void {
  const person = me.peek();
  if (!person) return;
  const kept: Kept = { user_id: person.user_id, page };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch (error) {
    // No room: then there is nothing to read offline.
    console.info('The feed could not be kept for offline:', error);
  }
}

function recall(): Page<Post> | null {
  const text = localStorage.getItem(KEY);
  if (!text) return null;
  const kept = JSON.parse(text) as Kept;
  return kept.user_id === me.peek()?.user_id ? kept.page : null;
}
