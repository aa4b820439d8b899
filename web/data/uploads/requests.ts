import type {
  askParts,
  askUpload,
  completeUpload,
  getUpload,
  UploadGrant,
  UploadState,
} from '../../../api/media.ts';
import type { confirmPost, getPost, Post } from '../../../api/posts.ts';
import type { BodyOf } from '../../../api/route.ts';
import { t } from '../../strings/strings.ts';
import { ApiError, call } from '../client.ts';
import { readEnvelope } from '../connection.ts';
import type { FileType } from './picture-header.ts';
import { sendBytes } from './send-bytes.ts';
import type { Part } from './send-parts.ts';
import type { Trouble } from './trouble.ts';

/** What met one part of a large file. */
class PartTrouble extends Error {
  readonly why: ApiError;

  constructor(why: ApiError) {
    super(why.message);
    this.why = why;
  }
}

/** What the queue must know of a failed call; null for what is no failed call. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof PartTrouble) {
    const trouble = troubleOf(error.why);
    return trouble && { ...trouble, ofPart: true };
  }
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
  inParts = false,
): Promise<UploadGrant> {
  const file = { content_type: type, size, checksum_sha256: checksum };
  const { uploads } = await call<typeof askUpload>('POST /posts/upload', {
    body: { files: [inParts ? { ...file, in_parts: true } : file] },
    signal,
  });
  const [grant] = uploads;
  if (!grant) throw new Error('The server gave no address for the bytes');
  return grant;
}

/** Sends bytes to where a grant says. Throws `ApiError`, as every call does. */
export async function putBytes(
  grant: Pick<UploadGrant, 'method' | 'url' | 'headers'>,
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

/** Asks for the address of one part and sends its bytes there at once, so that it never ends before. */
export async function putPart(
  { upload_id }: UploadGrant,
  { number, checksum }: Part,
  bytes: Blob,
  signal: AbortSignal,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  const { parts } = await call<typeof askParts>('POST /uploads/{upload_id}/parts', {
    params: { upload_id },
    body: { parts: [{ number, checksum_sha256: checksum }] },
    signal,
  });
  const [address] = parts;
  if (!address) throw new Error('The server gave no address for a part');
  try {
    await putBytes(address, bytes, signal, onProgress);
  } catch (error) {
    throw error instanceof ApiError ? new PartTrouble(error) : error;
  }
}

/** What has arrived of an upload. */
export function lookAtUpload(
  { upload_id }: UploadGrant,
  signal: AbortSignal,
): Promise<UploadState> {
  return call<typeof getUpload>('GET /uploads/{upload_id}', { params: { upload_id }, signal });
}

/** Has the file made of its parts. When its answer is late, asking again finds it under way or done. */
export function completeParts(
  { upload_id }: UploadGrant,
  signal: AbortSignal,
): Promise<UploadState> {
  return call<typeof completeUpload>('POST /uploads/{upload_id}/complete', {
    params: { upload_id },
    signal,
  });
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
