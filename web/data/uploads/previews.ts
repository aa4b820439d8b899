import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { previewKey, readBytes } from './store.ts';

interface Held {
  readonly url: Promise<string | null>;
  users: number;
}

/** Addresses of blobs, each once however many places show it; let go when the last one is gone. */
const held = new Map<string, Held>();

function hold(key: string): Held {
  const known = held.get(key);
  if (known) {
    known.users += 1;
    return known;
  }
  const url = readBytes(key).then((blob) => (blob ? URL.createObjectURL(blob) : null));
  const fresh = { url, users: 1 };
  held.set(key, fresh);
  return fresh;
}

function release(key: string): void {
  const known = held.get(key);
  if (!known) return;
  known.users -= 1;
  if (known.users > 0) return;
  held.delete(key);
  known.url.then((url) => url && URL.revokeObjectURL(url)).catch(reportError);
}

function useBlobUrl(key: string): string | null {
  const [url, setUrl] = useState<{ key: string; url: string | null } | null>(null);
  useEffect(() => {
    let here = true;
    hold(key)
      .url.then((found) => {
        if (here) setUrl({ key, url: found });
      })
      .catch(reportError);
    return () => {
      here = false;
      release(key);
    };
  }, [key]);
  return url?.key === key ? url.url : null;
}

/** Previews that were drawn anew, by their file. */
const drawn = signal<ReadonlyMap<string, string>>(new Map());

/** Shows another picture for a file, wherever it stands; it must be kept in the store as well. */
export function showPreview(fileId: string, picture: Blob): void {
  const before = drawn.peek().get(fileId);
  drawn.value = new Map(drawn.peek()).set(fileId, URL.createObjectURL(picture));
  if (before) URL.revokeObjectURL(before);
}

/** The address of the small copy of a chosen picture; null until it is there. */
export function usePreview(fileId: string): string | null {
  const kept = useBlobUrl(previewKey(fileId));
  return drawn.value.get(fileId) ?? kept;
}

/** The address of a chosen picture itself. */
export function useOriginal(fileId: string): string | null {
  return useBlobUrl(fileId);
}
