import type { Post } from '../../api/posts.ts';
import type { FeedOrder } from '../../api/ranking.ts';
import { ApiError } from './api-error.ts';
import type { Page } from './connection.ts';
import { me, onSignedOut } from './session.ts';

/** In localStorage, which is there without https too; one page of a feed is about 30 KB. */
const KEY = 'aperto.last-feed';

interface Kept {
  readonly user_id: string;
  readonly order: FeedOrder;
  readonly page: Page<Post>;
}

// What only this person may see must not outlive their session on this device.
if (typeof document !== 'undefined') onSignedOut(() => localStorage.removeItem(KEY));

/**
 * Asks for the first page of the feed and keeps it; without a connection, gives the one that was
 * kept for this person in this order, when the list is `empty` so far: what is there already may be newer. What it
 * gives may then be old: the shell says that there is no connection.
 */
export async function orLastFeed(
  ask: () => Promise<Page<Post>>,
  order: FeedOrder,
  empty: boolean,
): Promise<Page<Post>> {
  try {
    const page = await ask();
    keep(page, order);
    return page;
  } catch (error) {
    const away = error instanceof ApiError && (error.status === 0 || error.status >= 502);
    const kept = away && empty ? recall(order) : null;
    if (!kept) throw error;
    return kept;
  }
}

function keep(page: Page<Post>, order: FeedOrder): void {
  const person = me.peek();
  if (!person) return;
  const kept: Kept = { user_id: person.user_id, order, page };
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch (error) {
    // No room: then there is nothing to read offline.
    console.info('The feed could not be kept for offline:', error);
  }
}

function recall(order: FeedOrder): Page<Post> | null {
  const text = localStorage.getItem(KEY);
  if (!text) return null;
  const kept = JSON.parse(text) as Kept;
  // Another order would be called by a name that is not its own.
  return kept.user_id === me.peek()?.user_id && kept.order === order ? kept.page : null;
}
