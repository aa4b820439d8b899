import { scriptUrl } from '../script-url.ts';
import workerUrl from './hash-worker.ts?worker&url';

/**
 * SHA-256 of a file in small hexadecimal digits, computed beside the page so that it stays quick.
 * Throws when the bytes cannot be read, as when the file was moved or changed since it was chosen.
 */
export function checksumOf(blob: Blob, stop: AbortSignal): Promise<string> {
  const worker = new Worker(scriptUrl(workerUrl), { type: 'module' });
  const result = new Promise<string>((resolve, reject) => {
    worker.onmessage = (event: MessageEvent<{ checksum?: string; problem?: string }>) => {
      const { checksum, problem } = event.data;
      if (checksum) resolve(checksum);
      else reject(new Error(problem));
    };
    worker.onerror = (event) => reject(new Error(event.message || 'The worker did not start'));
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    worker.postMessage(blob);
  });
  return result.finally(() => worker.terminate());
}
