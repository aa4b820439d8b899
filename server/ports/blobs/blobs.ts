import type { Readable } from 'node:stream';

/** `{region}/{user_shard}/{post_id}/…`: slashes, letters, digits, `-`, `_`, `.`; never from user input. */
export type BlobKey = string;

/** What a pre-signed upload is bound to. */
export interface UploadTerms {
  readonly key: BlobKey;
  readonly contentType: string;
  /** Bytes */
  readonly size: number;
  /** Small hexadecimal digits */
  readonly checksumSha256: string;
  readonly expiresAt: Date;
}

/** What the pre-signed upload of one part of a large file is bound to. */
export interface PartTerms {
  readonly key: BlobKey;
  /** Of the whole file. */
  readonly contentType: string;
  /** Bytes of the whole file */
  readonly size: number;
  /** From 1 to 10,000; parts are joined in this order. */
  readonly partNumber: number;
  /** Bytes of this part */
  readonly partSize: number;
  /** Of this part, in small hexadecimal digits. */
  readonly partChecksumSha256: string;
  readonly expiresAt: Date;
}

/** What the parts of an upload must come to. */
export interface CompletionTerms {
  readonly key: BlobKey;
  readonly contentType: string;
  /** Bytes of the whole file */
  readonly size: number;
  /** Of the whole file, in small hexadecimal digits. */
  readonly checksumSha256: string;
  /** How many there are: numbers 1…`parts`. */
  readonly parts: number;
}

/** A part that has arrived, durably. */
export interface ArrivedPart {
  readonly partNumber: number;
  /** Bytes */
  readonly size: number;
  readonly checksumSha256: string;
}

/** What a client does to bring the bytes, whatever the store is. */
export interface SignedUpload {
  readonly method: 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BlobStat {
  /** Bytes */
  readonly size: number;
}

/** How well a file is kept. */
export interface BlobCopies {
  /** Places that hold it now, as far as is known whole. */
  readonly copies: number;
  /** When the copy that was verified longest ago was verified; null: none is there, or none was found whole. */
  readonly checkedAt: Date | null;
}

/** Buckets of a scrub: a round is every number below this, in any order. */
export const SCRUB_BUCKETS = 256;

/** What was done about one bucket. */
export interface ScrubReport {
  /** Copies that were read and verified. */
  readonly files: number;
  readonly bytes: number;
  /** Copies that were bad or missing and are whole again. */
  readonly repaired: number;
  /** Keys, or `sha256:…`, of which no good copy is left anywhere. Their bytes are kept as they are. */
  readonly lost: readonly string[];
  /** Copies that nothing needed any more, and removals finished. */
  readonly removed: number;
}

/** A place for files, as its operator sees it. */
export interface RootState {
  readonly id: string;
  readonly path: string;
  /** `filling`: new beside others that are not, and no whole round of scrubbing has gone by since. */
  readonly state: 'ok' | 'away' | 'filling';
  /** How much of a round a filling root has had, 0…1; 1 otherwise. */
  readonly filled: number;
  /** Bytes; 0 while away. */
  readonly free: number;
  readonly total: number;
  /** Contents that lie here, each counted once; at most a minute old. 0 where nobody wanted them counted. */
  readonly objects: number;
}

/** Where files lie: local folders, or an object store. A key's bytes never change once written. */
export interface Blobs {
  /** A pre-signed address that takes exactly the file of these terms. */
  signUpload(terms: UploadTerms): SignedUpload;
  /** A pre-signed address that takes exactly this part of a large file. */
  signPart(terms: PartTerms): SignedUpload;
  /**
   * Writes a whole file and resolves when it is durable in all its places. Writing the same key again
   * replaces nothing visible until it is complete; when it rejects, nothing new remains. Throws
   * `storage_full`, `storage_unavailable` (too few places answer).
   */
  write(key: BlobKey, bytes: Uint8Array): Promise<void>;
  /** The file's size, or null when there is none. Throws `storage_unavailable` when nobody can tell. */
  stat(key: BlobKey): Promise<BlobStat | null>;
  /**
   * Reads all, or the bytes `start`…`end` (inclusive), from the first place that has them whole. Throws
   * `BlobMissing`; `storage_unavailable` when places are away that may have it.
   */
  read(key: BlobKey, range?: { start: number; end: number }): Promise<Buffer>;
  /** The same as a stream, for serving. It goes on from another place when one fails under way. */
  stream(key: BlobKey, range?: { start: number; end: number }): Promise<Readable>;
  /**
   * Removes the file, durably; removing what is not there is no error. Places that are away forget it when
   * they are back. Throws `storage_unavailable`.
   */
  remove(key: BlobKey): Promise<void>;
  /** How many copies there are of each of these keys, and when they were verified. */
  copiesOf(keys: readonly BlobKey[]): Promise<Map<BlobKey, BlobCopies>>;
  /** Keys in order (segment by segment), after `after`, at most `limit`; fewer: there are no more. */
  keys(after: BlobKey | null, limit: number): Promise<BlobKey[]>;
  /**
   * The places where files lie. `counted: false`: without `objects`, to count which every folder is read.
   */
  roots(options?: { readonly counted?: boolean }): Promise<RootState[]>;
  /**
   * Reads and verifies one bucket (0…255), repairs what can be repaired, brings files to where they
   * belong, and removes what is needed no more. Throws the signal's reason when that says to stop. May be
   * stopped, killed and repeated at any moment.
   */
  scrub(bucket: number, signal: AbortSignal): Promise<ScrubReport>;
  /**
   * Takes the bytes of a pre-signed upload, whole or a part, for a store whose addresses lead to this
   * server (local folders). `url` is the address as requested, path and query. Resolves when the file is
   * durable. Bytes that are there already may be sent again. When it rejects, nothing of the file remains,
   * and the body is left as it is, so that an answer can go out. Throws `signature_invalid`,
   * `signature_expired`, `size_mismatch`, `checksum_mismatch`, `storage_full`, `storage_unavailable`;
   * `upload_incomplete` when the connection breaks; the signal's reason when that is a `Problem`.
   */
  readonly receive?: (request: {
    url: string;
    headers: Readonly<Record<string, string | string[] | undefined>>;
    body: Readable;
    signal: AbortSignal;
  }) => Promise<void>;
  /** The parts of `key` that have arrived, by number. */
  listParts(key: BlobKey): Promise<ArrivedPart[]>;
  /**
   * Joins parts 1…`parts` into the file, durably, and forgets them; does nothing when that has been done.
   * Throws `upload_incomplete` (says which parts are missing), `size_mismatch`, `checksum_mismatch`,
   * `storage_full`, `storage_unavailable`; the signal's reason.
   */
  completeParts(terms: CompletionTerms, signal: AbortSignal): Promise<void>;
  /** Forgets the parts of `key`; those of nobody are no error. Left alone, parts go after a week. */
  removeParts(key: BlobKey): Promise<void>;
  /** Resolves when the store can be written to; rejects otherwise (for `GET /health`). */
  check(): Promise<void>;
}

export class BlobMissing extends Error {
  constructor(key: BlobKey) {
    super(`no blob at ${key}`);
    this.name = 'BlobMissing';
  }
}
