import type { ErrorCode } from '../../../api/errors.ts';
import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Edit } from '../../../api/looks.ts';
import type { UploadGrant } from '../../../api/media.ts';
import type { Aspect, Dimensions, Framing } from './crop.ts';
import { type Details, type OpenedFrom, PLAIN, type Spot } from './details.ts';
import type { FileType } from './picture-header.ts';
import { bytesOfParts } from './send-parts.ts';

/** One picture or video of a post that is not there yet. Its bytes lie beside it, under the same id. */
export interface PendingFile extends Dimensions {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: FileType;
  readonly framing: Framing;
  readonly alt: string;
  /** How it is changed before it is shown; missing for not at all. */
  readonly edit?: Edit;
  /** Of a video: seconds. */
  readonly duration?: number;
  /** Of a video: the second whose frame is its poster. */
  readonly posterAt?: number;
  /** This browser cannot show it, so there is no preview. */
  readonly unseen?: true;
  /** Who is in it, by spots of the whole picture: a new crop leaves them where they are. */
  readonly tagged?: readonly Spot[];
  /** SHA-256 in hexadecimal digits, once computed. */
  readonly checksum: string | null;
  /** The same of each of its parts, in their order. */
  readonly partChecksums?: readonly string[] | null;
  /** Numbers of the parts that the server has under `grant.upload_id`, of a large file. */
  readonly arrived?: readonly number[];
  /** It did not fit into what this device keeps: it goes only as long as its page is open. */
  readonly fleeting?: true;
  readonly grant: UploadGrant | null;
  /** All bytes are at the server, under `grant.upload_id`. */
  readonly sent: boolean;
}

/** Why it stopped. `network` and `gone` are our own; the others come from the server. */
export interface Failure {
  readonly code: ErrorCode | 'network' | 'gone' | (string & {});
  /** The server's sentence, for codes that we have no words for. */
  readonly message: string;
  readonly fileId: string | null;
}

/**
 * A post from the first chosen file until it stands in the feed. Kept in IndexedDB, so that
 * closing the page loses nothing.
 *
 * draft → sharing → processing → published; failed from any of the middle ones. Or draft → saving:
 * then it goes to the server as a draft, and away from here.
 */
export interface PendingPost {
  readonly id: string;
  readonly personId: PersonId;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly step: 'draft' | 'saving' | 'sharing' | 'processing' | 'published' | 'failed';
  readonly aspect: Aspect;
  readonly caption: string;
  /** Missing in posts that were begun before there were any. */
  readonly details?: Details;
  readonly openedFrom?: OpenedFrom;
  /** In the order in which they will be shown. */
  readonly files: readonly PendingFile[];
  /** One for one body of confirm: a repeated confirm makes no second post. */
  readonly idempotencyKey: string;
  readonly postId: PostId | null;
  readonly failure: Failure | null;
}

export const isVideo = ({ type }: Pick<PendingFile, 'type'>) => type.startsWith('video/');

/** What to do next for a post; `files` says which may go at the same time. */
export type Action =
  | { readonly do: 'send'; readonly files: readonly PendingFile[] }
  | { readonly do: 'confirm' }
  | { readonly do: 'keep' }
  | { readonly do: 'watch' }
  | { readonly do: 'rest' };

/** The step that comes next. Bytes go while the person still writes; the post only after "Share". */
export function nextAction(post: PendingPost): Action {
  if (post.step === 'processing') return { do: 'watch' };
  if (post.step === 'published' || post.step === 'failed') return { do: 'rest' };
  if (post.failure) return { do: 'rest' };
  const files = post.files.filter((file) => !file.sent);
  if (files.length > 0) return { do: 'send', files };
  if (post.step === 'saving') return { do: 'keep' };
  return post.step === 'sharing' && post.files.length > 0 ? { do: 'confirm' } : { do: 'rest' };
}

export function detailsOf(post: PendingPost): Details {
  return post.details ?? PLAIN;
}

export function changeDetails(post: PendingPost, change: Partial<Details>): PendingPost {
  return { ...post, details: { ...detailsOf(post), ...change } };
}

/** Whether a grant can still be used; the margin is for clocks and the way to the server. */
export function grantIsFresh(grant: UploadGrant | null, now: number): grant is UploadGrant {
  return grant !== null && Date.parse(grant.expires_at) - now > 20_000;
}

export function changeFile(
  post: PendingPost,
  fileId: string,
  change: Partial<PendingFile>,
): PendingPost {
  const files = post.files.map((file) => (file.id === fileId ? { ...file, ...change } : file));
  return { ...post, files };
}

/** A file that is brought anew, because the server has refused or lost what it was brought as. */
export function bringAgain(file: PendingFile, code: string): PendingFile {
  // Parts that are there still count: what is missing is looked for, then it is completed.
  if (code === 'upload_incomplete' && file.grant?.part_size) return { ...file, sent: false };
  const again = { ...file, grant: null, sent: false, arrived: [] };
  return code === 'checksum_mismatch' ? { ...again, checksum: null, partChecksums: null } : again;
}

export function bringFileAgain(post: PendingPost, fileId: string, code: string): PendingPost {
  const files = post.files.map((file) => (file.id === fileId ? bringAgain(file, code) : file));
  return { ...post, files };
}

/** After a definite refusal: the file is sent anew, and the next confirm is another request. */
export function sendAgain(
  post: PendingPost,
  uploadId: string | null,
  key: string,
  code = '',
): PendingPost {
  const files = post.files.map((file) =>
    uploadId === null || file.grant?.upload_id === uploadId ? bringAgain(file, code) : file,
  );
  return { ...post, files, idempotencyKey: key };
}

/** Stops with a reason. A draft stays a draft, so that it can be changed. */
export function fail(post: PendingPost, failure: Failure): PendingPost {
  const draft = post.step === 'draft' || post.step === 'saving';
  return { ...post, failure, step: draft ? 'draft' : 'failed' };
}

/**
 * The person wants another try. The same request keeps its key, because its answer may have been
 * lost. Uploads that the server has judged cannot be used twice: after a failure in processing every
 * byte goes again, which is another request.
 */
export function retry(post: PendingPost, key: string): PendingPost {
  const used = post.postId !== null || post.failure?.code === 'upload_used';
  const again = used ? sendAgain(post, null, key) : post;
  const step = post.step === 'draft' ? 'draft' : 'sharing';
  return { ...again, postId: null, failure: null, step };
}

/** Back to the composer, with everything that was written. */
export function backToDraft(post: PendingPost, key: string): PendingPost {
  return { ...retry(post, key), idempotencyKey: key, step: 'draft' };
}

/** Puts the pictures into the order of these ids; ones that are not named come last. */
export function inOrder(post: PendingPost, ids: readonly string[]): PendingPost {
  const place = (file: PendingFile) => {
    const at = ids.indexOf(file.id);
    return at < 0 ? ids.length : at;
  };
  return { ...post, files: [...post.files].sort((one, other) => place(one) - place(other)) };
}

/** The order after one picture has moved by so many places; past an end it stays there. */
export function moved(ids: readonly string[], id: string, by: number): string[] {
  const from = ids.indexOf(id);
  const rest = ids.filter((other) => other !== id);
  if (from < 0) return rest;
  rest.splice(Math.min(Math.max(from + by, 0), rest.length), 0, id);
  return rest;
}

/** Bytes that have gone, of all; `moving` holds the bytes of files that are on the way. */
export function progressOf(post: PendingPost, moving: ReadonlyMap<string, number>) {
  let sentBytes = 0;
  let bytes = 0;
  let sentFiles = 0;
  for (const file of post.files) {
    bytes += file.size;
    // Of a page that has just been opened again: what had arrived.
    const arrived = bytesOfParts(file.size, file.arrived ?? []);
    sentBytes += file.sent ? file.size : Math.min(moving.get(file.id) ?? arrived, file.size);
    if (file.sent) sentFiles += 1;
  }
  return { sentFiles, files: post.files.length, fraction: bytes === 0 ? 0 : sentBytes / bytes };
}
