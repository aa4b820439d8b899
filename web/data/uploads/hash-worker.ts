import { Sha256 } from './sha256.ts';

/** Bytes that are hashed in one go by the browser itself; larger files come in pieces. */
const WHOLE_MAX = 32_000_000;
const PIECE = 4_000_000;

async function hash(blob: Blob): Promise<string> {
  if (globalThis.crypto?.subtle && blob.size <= WHOLE_MAX) {
    const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
    return [...new Uint8Array(digest)].map((n) => n.toString(16).padStart(2, '0')).join('');
  }
  const sum = new Sha256();
  for (let at = 0; at < blob.size; at += PIECE) {
    sum.add(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
  }
  return sum.hex();
}

self.onmessage = (event: MessageEvent<Blob>) => {
  hash(event.data).then(
    (checksum) => self.postMessage({ checksum }),
    (error: unknown) => self.postMessage({ problem: String(error) }),
  );
};
