import { pause } from './one-tab.ts';

/** Milliseconds in which another tab says that it has them. */
const ANSWER_MS = 2000;

/** Said between the tabs of this browser. */
type Word =
  | { readonly kind: 'wanted'; readonly key: string }
  | { readonly kind: 'here'; readonly key: string; readonly blob: Blob };

/** What did not fit into the store, for as long as this page is open. */
const held = new Map<string, Blob>();
const wanted = new Map<string, (blob: Blob) => void>();
let channel: BroadcastChannel | null = null;

function openChannel(): BroadcastChannel {
  if (channel) return channel;
  const opened = new BroadcastChannel('aperto-held-bytes');
  opened.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.kind === 'here') wanted.get(data.key)?.(data.blob);
    const blob = data.kind === 'wanted' && held.get(data.key);
    if (blob) opened.postMessage({ kind: 'here', key: data.key, blob } satisfies Word);
  };
  channel = opened;
  return opened;
}

/** Asks before the page is left, where the browser does: it holds what is nowhere else. */
function stay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Keeps bytes for as long as this page is open. A chosen file stays on its disk; only the way to it is held. */
export function holdBytes(bytes: ReadonlyMap<string, Blob>): void {
  openChannel();
  for (const [key, blob] of bytes) held.set(key, blob);
  addEventListener('beforeunload', stay);
}

export function letGoOfHeld(keys: Iterable<string> = [...held.keys()]): void {
  for (const key of keys) held.delete(key);
  if (held.size === 0) globalThis.removeEventListener?.('beforeunload', stay);
}

/** What this page holds, or another one of this browser: the tab that sends need not be the one that chose. */
export async function readHeld(key: string): Promise<Blob | null> {
  const own = held.get(key);
  if (own) return own;
  const late = new AbortController();
  const answer = new Promise<Blob>((resolve) => wanted.set(key, resolve));
  openChannel().postMessage({ kind: 'wanted', key } satisfies Word);
  const found = await Promise.race([answer, pause(ANSWER_MS, late.signal)]);
  late.abort();
  wanted.delete(key);
  return found ?? null;
}
