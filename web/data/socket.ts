import { effect, signal } from '@preact/signals';
import { CLOSE_CODES, REALTIME_PATH, WATCHED_POSTS_MAX } from '../../api/limits.ts';
import type { ClientMessage, ServerMessage } from '../../api/realtime.ts';
import { tokens } from './client.ts';
import { hidePost, tellCounts } from './posts.ts';
import { sessionState } from './session.ts';

export type ConnectionState = 'off' | 'connecting' | 'open';
type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;
type Hear<Type extends ServerMessage['type']> = (message: MessageOf<Type>) => void;

/** Whether news comes live at the moment. */
export const connection = signal<ConnectionState>('off');

/** Milliseconds before the first, and at most before any, new attempt; half of it is by chance. */
const WAIT_FIRST = 1000;
const WAIT_MOST = 60_000;

const hearers = new Map<ServerMessage['type'], Set<(message: ServerMessage) => void>>();
const watched = signal<ReadonlySet<string>>(new Set());
const onScreen = new Map<string, number>();

let socket: WebSocket | null = null;
let attempts = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Hears messages of one type for as long as wanted; gives back what ends it. `ready` is told at each
 * new connection: whatever may have been missed should then be asked for.
 */
export function hear<Type extends ServerMessage['type']>(type: Type, work: Hear<Type>): () => void {
  const set = hearers.get(type) ?? new Set();
  hearers.set(type, set);
  // Messages are handed out by their type, so each worker gets only what it was made for.
  const one = (message: ServerMessage) => work(message as MessageOf<Type>);
  set.add(one);
  return () => void set.delete(one);
}

/** Says that a post is on the screen, so that its counts come live; gives back what ends it. */
export function watchPost(id: string): () => void {
  onScreen.set(id, (onScreen.get(id) ?? 0) + 1);
  tellWatched();
  return () => {
    const left = (onScreen.get(id) ?? 1) - 1;
    if (left === 0) onScreen.delete(id);
    else onScreen.set(id, left);
    tellWatched();
  };
}

let telling = false;
/** Many posts come and go in one scroll: they are told together, once things are calm. */
function tellWatched(): void {
  if (telling) return;
  telling = true;
  setTimeout(() => {
    telling = false;
    watched.value = new Set([...onScreen.keys()].slice(-WATCHED_POSTS_MAX));
  }, 300);
}

/** Connects while someone is signed in and the device has a connection. Call once. */
export function startSocket(): void {
  effect(() => {
    if (sessionState.value === 'out') stop();
    else void connect();
  });
  effect(() => {
    const post_ids = [...watched.value] as MessageOf<'post.counts'>['post_id'][];
    if (connection.value === 'open') tell({ type: 'watch', post_ids });
  });
  addEventListener('online', () => again(0));
  addEventListener('offline', () => socket?.close());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && connection.peek() === 'off') again(0);
  });
}

function tell(message: ClientMessage): void {
  socket?.send(JSON.stringify(message));
}

function stop(): void {
  clearTimeout(timer);
  attempts = 0;
  const old = socket;
  socket = null;
  old?.close();
  connection.value = 'off';
}

function again(wait: number): void {
  clearTimeout(timer);
  if (sessionState.peek() === 'out') return;
  timer = setTimeout(() => void connect(), wait);
}

/** Grows twofold from attempt to attempt; by chance, so that a crowd does not come back at once. */
function waitNow(): number {
  const most = Math.min(WAIT_MOST, WAIT_FIRST * 2 ** attempts);
  attempts += 1;
  return most / 2 + (Math.random() * most) / 2;
}

async function connect(): Promise<void> {
  if (socket || connection.peek() !== 'off') return;
  connection.value = 'connecting';
  let token: string;
  try {
    token = await tokens.get();
  } catch (error) {
    connection.value = 'off';
    console.info('No token for the live connection yet:', error);
    again(waitNow());
    return;
  }
  if (sessionState.peek() === 'out') {
    connection.value = 'off';
    return;
  }
  const address = new URL(REALTIME_PATH, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const mine = new WebSocket(address);
  socket = mine;
  mine.addEventListener('open', () => tell({ type: 'authenticate', access_token: token }));
  mine.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (socket === mine && typeof event.data === 'string') receive(event.data);
  });
  mine.addEventListener('close', (event) => {
    if (socket !== mine) return;
    socket = null;
    connection.value = 'off';
    void recover(event.code, token);
  });
}

async function recover(code: number, token: string): Promise<void> {
  if (code === CLOSE_CODES.unauthenticated || code === CLOSE_CODES.session_ended) {
    try {
      // Also tells whether the session is over: the refresh is then refused, and everything ends.
      await tokens.replace(token);
    } catch (error) {
      console.info('The live connection was refused, and no new token came:', error);
    }
  }
  again(waitNow());
}

function receive(text: string): void {
  const message = JSON.parse(text) as ServerMessage;
  if (message.type === 'ready') {
    attempts = 0;
    connection.value = 'open';
  } else if (message.type === 'post.counts') {
    tellCounts(message.post_id, message.likes_count, message.comments_count);
  } else if (message.type === 'post.deleted') {
    hidePost(message.post_id);
  }
  for (const work of hearers.get(message.type) ?? []) work(message);
}
