import { effect, signal } from '@preact/signals';
import type { homeFeed } from '../../api/feed.ts';
import type { Post } from '../../api/posts.ts';
import type { FeedOrder } from '../../api/ranking.ts';
import { forgetSeen, seenBefore, tellSeen } from './caught-up.ts';
import { call, isAbort } from './client.ts';
import { orLastFeed } from './last-feed.ts';
import { type List, listNamed } from './lists.ts';
import { gonePosts, keepPost, post } from './posts.ts';
import { feedOrder, ranking, rankingVersion } from './ranking.ts';
import { me, onSignedOut } from './session.ts';
import { connection, hear } from './socket.ts';

const KEY = 'aperto.feed';
/** Posts kept over a reload. More would fill the tab's storage. */
const SAVED_MAX = 500;
/** Milliseconds after which a feed that nobody told of news is looked at again. */
const STALE = 60_000;
/** Milliseconds for which an order that was just loaded knows all there is. */
const FRESH = 5000;
/** Milliseconds away after which coming back is another visit. */
const VISIT = 10 * 60_000;

interface SavedFeed {
  readonly user_id: string;
  readonly order: FeedOrder;
  readonly posts: readonly Post[];
  readonly seen: readonly string[];
  readonly next: string | null;
}

function sourceOf(order: FeedOrder) {
  return {
    load: async (cursor: string | undefined) => {
      const query = cursor === undefined ? { order } : { order, cursor };
      const ask = () => call<typeof homeFeed>('GET /feed/home', { query });
      const empty = listOf(order).items.peek().length === 0;
      const version = rankingVersion.peek();
      const page = cursor === undefined ? await orLastFeed(ask, order, empty) : await ask();
      lookedAt = Date.now();
      if (order === 'ranked' && cursor === undefined) rankedWith = version;
      tellSeen(order, page.items);
      return { items: page.items.map(keepPost), next: page.next };
    },
    idOf: (id: string) => id,
  };
}

let lookedAt = 0;
/** What the ranked feed was ordered with. */
let rankedWith = 0;

interface Waiting {
  /** Of posts that came; none when only the wishes changed. */
  readonly ids: readonly string[];
  readonly show: () => void;
}

/** What came, or could be ordered anew, while the reader was further down: shown when they ask. */
export const waiting = signal<Waiting | null>(null);

onSignedOut(() => {
  waiting.value = null;
  sessionStorage.removeItem(KEY);
  forgetSeen('latest');
  forgetSeen('ranked');
});

const sources = { latest: sourceOf('latest'), ranked: sourceOf('ranked') };

function listOf(order: FeedOrder): List<string> {
  return listNamed(`home ${order}`, sources[order], takeSaved(order));
}

/** The home feed of the signed-in person, in the order that they have chosen: ids of posts. */
export function homeFeedList(): List<string> {
  return listOf(feedOrder.value ?? 'latest');
}

/** The same in either order, for what is done with a post in all lists. */
export function homeFeedLists(): List<string>[] {
  return [listOf('latest'), listOf('ranked')];
}

/** Loads the feed; asks for its order first, where nobody knows it. Never rejects for the server. */
export async function startHomeList(): Promise<void> {
  if (feedOrder.peek() === null) await ranking.load();
  const order = feedOrder.peek();
  if (me.peek() && order) listOf(order).start();
}

/** What a reload left behind, once: later the list itself is remembered. */
function takeSaved(order: FeedOrder) {
  const kept = sessionStorage.getItem(KEY);
  if (!kept) return null;
  const saved = JSON.parse(kept) as SavedFeed;
  if (saved.order !== order) return null;
  sessionStorage.removeItem(KEY);
  if (saved.user_id !== me.peek()?.user_id || saved.posts.length === 0) return null;
  const seen = new Set(saved.seen);
  const asTold = saved.posts.map((one) => ({
    ...one,
    viewer: { ...one.viewer, seen: seen.has(one.post_id) },
  }));
  tellSeen(order, asTold);
  return { items: asTold.map(keepPost), next: saved.next };
}

function save(): void {
  const user = me.peek();
  const order = feedOrder.peek();
  if (!user || !order) return;
  const { items, next } = listOf(order).save();
  const posts = items.flatMap((id) => (gonePosts.peek().has(id) ? [] : (post(id).peek() ?? [])));
  if (posts.length === 0 || posts.length > SAVED_MAX) return;
  const seen = seenBefore(order);
  const saved: SavedFeed = { user_id: user.user_id, order, posts, seen, next };
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
    const order = feedOrder.peek();
    if (order === 'latest') await look(atTop);
    else if (order === 'ranked') await lookBeside();
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
  const list = listOf('latest');
  if (list.state.peek() === 'idle') return;
  await whenLoaded(list);
  const { fresh, gap, startOver } = await list.head();
  if (fresh.length === 0 || feedOrder.peek() !== 'latest') return;
  const show = () => {
    waiting.value = null;
    if (gap) startOver();
    else list.putFirst(fresh);
  };
  if (atTop()) show();
  else waiting.value = { ids: fresh, show };
}

/** What came since the ranked feed was ordered. Its order stays: only the reader asks for another. */
async function lookBeside(): Promise<void> {
  const list = listOf('ranked');
  if (list.state.peek() === 'idle') return;
  await whenLoaded(list);
  const since = lookedAt;
  if (Date.now() - since < FRESH) return;
  const page = await call<typeof homeFeed>('GET /feed/home', { query: { order: 'latest' } });
  const known = new Set(list.items.peek());
  const fresh = page.items.filter(
    ({ post_id, viewer, created_at }) =>
      !known.has(post_id) && !viewer.is_author && Date.parse(created_at) > since,
  );
  offer(fresh.map(({ post_id }) => post_id));
}

/** Offers a fresh ranking; where there is nothing that it could move, it is there at once. */
function offer(ids: readonly string[]): void {
  if (ids.length === 0 || feedOrder.peek() !== 'ranked') return;
  if (listOf('ranked').items.peek().length === 0) rankAnew();
  else
    waiting.value = { ids: [...new Set([...(waiting.peek()?.ids ?? []), ...ids])], show: rankAnew };
}

/** Orders the ranked feed by what is true now. */
export function rankAnew(): void {
  waiting.value = null;
  rankedWith = rankingVersion.peek();
  forgetSeen('ranked');
  listOf('ranked').reload().catch(reportError);
}

/** Whether the ranked feed was ordered by other wishes than those of now. */
export function rankedIsOld(): boolean {
  const ready = feedOrder.peek() === 'ranked' && listOf('ranked').state.peek() !== 'idle';
  return ready && rankedWith !== rankingVersion.peek();
}

/** Keeps the feed fresh while it is on the screen; gives back what ends it. */
export function followHomeFeed(atTop: () => boolean): () => void {
  const news = () => {
    lookForNews(atTop).catch((error: unknown) => {
      if (!isAbort(error)) console.info('The feed could not be looked at:', error);
    });
  };
  const stale = () => Date.now() - lookedAt > STALE;
  let left = Date.now();
  const onShow = () => {
    if (document.hidden) {
      left = Date.now();
      return;
    }
    if (Date.now() - left > VISIT) forgetSeen('latest');
    if (connection.peek() !== 'open' || stale()) news();
  };
  const ends = [
    hear('feed.new_post', ({ post_id, user_id }) => {
      if (feedOrder.peek() !== 'ranked') news();
      else if (user_id !== me.peek()?.user_id) offer([post_id]);
    }),
    hear('ready', news),
    rankingVersion.subscribe(() => offerOtherOrder(atTop)),
  ];
  document.addEventListener('visibilitychange', onShow);
  // A list that is being loaded for the first time is fresh enough.
  if (homeFeedList().state.peek() === 'ready' && stale()) news();
  return () => {
    for (const end of ends) end();
    document.removeEventListener('visibilitychange', onShow);
  };
}

/** When the wishes changed: what is read does not move by itself, and under a sheet the sheet decides. */
export function offerOtherOrder(atTop: () => boolean): void {
  if (!rankedIsOld() || document.querySelector('dialog[open]')) return;
  if (atTop()) rankAnew();
  else waiting.value = { ids: waiting.peek()?.ids ?? [], show: rankAnew };
}

/** Keeps the feed over a reload, and what waits to its own order. Call once. */
export function startHomeFeed(): void {
  let order = feedOrder.peek();
  feedOrder.subscribe((now) => {
    if (order && now !== order) waiting.value = null;
    order = now;
  });
  addEventListener('pagehide', save);
}
