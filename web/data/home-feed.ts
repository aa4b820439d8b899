import { effect, signal } from '@preact/signals';
import type { homeFeed } from '../../api/feed.ts';
import type { Post } from '../../api/posts.ts';
import { call, isAbort } from './client.ts';
import { orLastFeed } from './last-feed.ts';
import { type List, listNamed } from './lists.ts';
import { gonePosts, keepPost, post } from './posts.ts';
import { me, onSignedOut } from './session.ts';
import { connection, hear } from './socket.ts';

const KEY = 'aperto.feed';
/** Posts kept over a reload. More would fill the tab's storage. */
const SAVED_MAX = 500;
/** Milliseconds after which a feed that nobody told of news is looked at again. */
const STALE = 60_000;

interface SavedFeed {
  readonly user_id: string;
  readonly posts: readonly Post[];
  readonly next: string | null;
}

const source = {
  load: async (cursor: string | undefined) => {
    const ask = () =>
      call<typeof homeFeed>('GET /feed/home', { query: cursor === undefined ? {} : { cursor } });
    const page = cursor === undefined ? await orLastFeed(ask, isEmpty()) : await ask();
    lookedAt = Date.now();
    return { items: page.items.map(keepPost), next: page.next };
  },
  idOf: (id: string) => id,
};

let lookedAt = 0;

/** Posts that came while the reader was further down: shown when they ask. */
export const waiting = signal<{
  readonly ids: readonly string[];
  readonly show: () => void;
} | null>(null);

onSignedOut(() => {
  waiting.value = null;
  sessionStorage.removeItem(KEY);
});

function isEmpty(): boolean {
  return homeFeedList().items.peek().length === 0;
}

/** The home feed of the signed-in person: ids of posts, latest first. */
export function homeFeedList(): List<string> {
  return listNamed('home', source, takeSaved());
}

/** What a reload left behind, once: later the list itself is remembered. */
function takeSaved() {
  const kept = sessionStorage.getItem(KEY);
  if (!kept) return null;
  sessionStorage.removeItem(KEY);
  const saved = JSON.parse(kept) as SavedFeed;
  if (saved.user_id !== me.peek()?.user_id || saved.posts.length === 0) return null;
  return { items: saved.posts.map(keepPost), next: saved.next };
}

function save(): void {
  const user = me.peek();
  if (!user) return;
  const { items, next } = homeFeedList().save();
  const posts = items.flatMap((id) => (gonePosts.peek().has(id) ? [] : (post(id).peek() ?? [])));
  if (posts.length === 0 || posts.length > SAVED_MAX) return;
  const saved: SavedFeed = { user_id: user.user_id, posts, next };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(saved));
  } catch (error) {
    // No room is no harm: the feed begins at its top then.
    console.info('The feed could not be kept over a reload:', error);
  }
}

let looking: Promise<void> | null = null;
let again = false;

/**
 * Looks for posts newer than those here. They slide in when the reader is at the top (`atTop`), and
 * wait behind a button otherwise. Without a connection nothing happens; the next news looks again.
 */
export function lookForNews(atTop: () => boolean): Promise<void> {
  // The answer that is on its way may be older than this news: another look follows it.
  again = true;
  looking ??= lookWhileAsked(atTop).finally(() => {
    looking = null;
  });
  return looking;
}

async function lookWhileAsked(atTop: () => boolean): Promise<void> {
  while (again) {
    again = false;
    await look(atTop);
  }
}

/** Resolves when no page of a list is on its way. */
function whenLoaded({ state }: List<string>): Promise<void> {
  return new Promise((resolve) => {
    const end = effect(() => {
      if (state.value === 'loading') return;
      resolve();
      queueMicrotask(() => end());
    });
  });
}

async function look(atTop: () => boolean): Promise<void> {
  const list = homeFeedList();
  if (list.state.peek() === 'idle') return;
  await whenLoaded(list);
  const { fresh, gap, startOver } = await list.head();
  if (fresh.length === 0) return;
  const show = () => {
    waiting.value = null;
    if (gap) startOver();
    else list.putFirst(fresh);
  };
  if (atTop()) show();
  else waiting.value = { ids: fresh, show };
}

/** Keeps the feed fresh while it is on the screen; gives back what ends it. */
export function followHomeFeed(atTop: () => boolean): () => void {
  const news = () => {
    lookForNews(atTop).catch((error: unknown) => {
      if (!isAbort(error)) console.info('The feed could not be looked at:', error);
    });
  };
  const onShow = () => {
    if (document.hidden) return;
    if (connection.peek() !== 'open' || Date.now() - lookedAt > STALE) news();
  };
  const ends = [hear('feed.new_post', news), hear('ready', news)];
  document.addEventListener('visibilitychange', onShow);
  // A list that is being loaded for the first time is fresh enough.
  if (homeFeedList().state.peek() === 'ready' && Date.now() - lookedAt > STALE) news();
  return () => {
    for (const end of ends) end();
    document.removeEventListener('visibilitychange', onShow);
  };
}

/** Keeps the feed over a reload. Call once. */
export function startHomeFeed(): void {
  addEventListener('pagehide', save);
}
