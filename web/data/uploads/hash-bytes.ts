import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 in small hexadecimal digits. */
export interface Checksums {
  readonly whole: string;
  /** Of each part, in their order. */
  readonly parts: readonly string[];
}

/**
 * Reads a file once, part by part, and never holds more than one part. The browser's own SHA-256 takes
 * only whole buffers, so it does the parts (and is missing on plain http, which is how a phone reaches a
 * server at home); the whole comes from the library, which takes pieces.
 */
export async function hashBytes(blob: Blob, partSize: number): Promise<Checksums> {
  const whole = sha256.create();
  const parts: string[] = [];
  for (let at = 0; at < blob.size; at += partSize) {
    const bytes = new Uint8Array(await blob.slice(at, at + partSize).arrayBuffer());
    // Begun before the next line, because the browser does it beside us.
    const part = digest(bytes);
    if (blob.size > partSize) whole.update(bytes);
    parts.push(await part);
  }
  const [only] = parts;
  return { whole: parts.length === 1 && only ? only : bytesToHex(whole.digest()), parts };
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto;
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}
