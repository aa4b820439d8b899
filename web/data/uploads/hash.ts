import { scriptUrl } from '../script-url.ts';
import type { Checksums } from './hash-bytes.ts';
import workerUrl from './hash-worker.ts?worker&url';

/**
 * SHA-256 of a file and of its parts (of `PART_BYTES`), computed beside the page so that it stays quick.
 * Throws when the bytes cannot be read, as when the file was moved or changed since it was chosen.
 */
export function checksumsOf(blob: Blob, stop: AbortSignal): Promise<Checksums> {
  const worker = new Worker(scriptUrl(workerUrl), { type: 'module' });
  const result = new Promise<Checksums>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<{ checksums?: Checksums; problem?: string }>) => {
      const { checksums, problem } = event.data;
      if (checksums) resolve(checksums);
      else reject(new Error(problem));
    };
    worker.onerror = (event) => reject(new Error(event.message || 'The worker did not start'));
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    worker.postMessage(blob);
  });
  return result.finally(() => worker.terminate());
}

/** Of the whole alone. */
export async function checksumOf(blob: Blob, stop: AbortSignal): Promise<string> {
  return (await checksumsOf(blob, stop)).whole;
}
