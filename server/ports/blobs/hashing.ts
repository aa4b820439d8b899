import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Few enough that hashing it holds up nobody (0.2 ms). */
export const CHUNK_BYTES = 256 * 1024;

/** Reads a whole file, in order. Throws the signal's reason when that says to stop. */
export async function* chunksOf(file: FileHandle, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The SHA-256 and the size of what is in a file. */
export async function hashFile(
  file: FileHandle,
  signal?: AbortSignal,
): Promise<{ hash: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunksOf(file, signal)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { hash: hash.digest('hex'), size };
}
