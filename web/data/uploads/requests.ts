import type { askUpload, UploadGrant } from '../../../api/media.ts';
import type { confirmPost, getPost, Post } from '../../../api/posts.ts';
import type { BodyOf } from '../../../api/route.ts';
import { t } from '../../strings/strings.ts';
import { ApiError, call } from '../client.ts';
import { readEnvelope } from '../connection.ts';
import type { FileType } from './picture-header.ts';
import { sendBytes } from './send-bytes.ts';
import type { Trouble } from './trouble.ts';

/** What the queue must know of a failed call; null for what is no failed call. */
export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof ApiError)) return null;
  const { code, message, status, retryAfter, uploadId } = error;
  return { code, message, status, retryAfter, uploadId: uploadId ?? null };
}

/** Asks where the bytes of one file may go. */
export async function askGrant(
  type: FileType,
  size: number,
  checksum: string,
  signal: AbortSignal,
): Promise<UploadGrant> {
  const { uploads } = await call<typeof askUpload>('POST /posts/upload', {
    body: { files: [{ content_type: type, size, checksum_sha256: checksum }] },
    signal,
  });
  const [grant] = uploads;
  if (!grant) throw new Error('The server gave no address for the bytes');
  return grant;
}

/** Sends bytes to where a grant says. Throws `ApiError`, as every call does. */
export async function putBytes(
  grant: UploadGrant,
  bytes: Blob,
  signal: AbortSignal,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  const { status, text, retryAfter } = await sendBytes(grant, bytes, signal, onProgress);
  if (status >= 200 && status < 300) return;
  if (status === 0) throw new ApiError({ code: 'offline', message: t('error.offline') });
  readEnvelope(status, text, retryAfter);
  throw new ApiError({ code: 'unreadable', message: t('error.unreadable'), status });
}

/** Makes a post of uploads. The same key again makes no second post. */
export function confirm(
  body: BodyOf<typeof confirmPost>,
  idempotencyKey: string,
  signal?: AbortSignal,
): Promise<Post> {
  return call<typeof confirmPost>('POST /posts/confirm', { body, idempotencyKey, signal });
}

export function lookAt(postId: Post['post_id'], signal?: AbortSignal): Promise<Post> {
  return call<typeof getPost>('GET /posts/{post_id}', { params: { post_id: postId }, signal });
}
