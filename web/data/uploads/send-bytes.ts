import type { UploadGrant } from '../../../api/media.ts';

/** Without a single byte going for so long, the connection is taken for dead. */
const STALL_MS = 45_000;

/** What came back; `status` 0 when nothing did. */
export interface PutAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/**
 * Sends the bytes to where the grant says, with exactly its headers. XMLHttpRequest because fetch
 * tells nothing about how much has gone.
 */
export function sendBytes(
  grant: Pick<UploadGrant, 'method' | 'url' | 'headers'>,
  bytes: Blob,
  stop: AbortSignal,
  onProgress: (sentBytes: number) => void,
): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stall: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(stall);
      stall = setTimeout(() => request.abort(), STALL_MS);
    };
    const abort = () => request.abort();
    request.open(grant.method, grant.url);
    for (const [name, value] of Object.entries(grant.headers)) {
      // The browser writes this one itself, and complains when a page tries.
      if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => {
      alive();
      onProgress(event.loaded);
    };
    request.onloadend = () => {
      clearTimeout(stall);
      stop.removeEventListener('abort', abort);
      if (stop.aborted) reject(stop.reason);
      else {
        const retryAfter = request.getResponseHeader('Retry-After');
        resolve({ status: request.status, text: request.responseText, retryAfter });
      }
    };
    stop.addEventListener('abort', abort);
    alive();
    request.send(bytes);
  });
}
