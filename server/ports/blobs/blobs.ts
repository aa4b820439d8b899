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

/** Where files lie: local folders, or an object store. A key's bytes never change once written. */
export interface Blobs {
  /** A pre-signed address that takes exactly the file of these terms. */
  signUpload(terms: UploadTerms): SignedUpload;
  /**
   * Writes a whole file and resolves when it is durable (synced, renamed, folder synced). Writing the
   * same key again replaces nothing visible until it is complete. Throws `storage_full`.
   */
  write(key: BlobKey, bytes: Uint8Array): Promise<void>;
  /** The file's size, or null when there is none. */
  stat(key: BlobKey): Promise<BlobStat | null>;
  /** Reads all, or the bytes `start`…`end` (inclusive). Throws `BlobMissing`. */
  read(key: BlobKey, range?: { start: number; end: number }): Promise<Buffer>;
  /** The same as a stream, for serving. */
  stream(key: BlobKey, range?: { start: number; end: number }): Promise<Readable>;
  /** Removes the file; removing what is not there is no error. */
  remove(key: BlobKey): Promise<void>;
  /**
   * Takes the bytes of a pre-signed upload, for a store whose addresses lead to this server (local
   * folders). `url` is the address as requested, path and query. Resolves when the file is durable.
   * Bytes that are there already may be sent again. When it rejects, nothing of the file remains, and the
   * body is left as it is, so that an answer can go out. Throws `signature_invalid`, `signature_expired`,
   * `size_mismatch`, `checksum_mismatch`, `storage_full`; `upload_incomplete` when the connection breaks;
   * the signal's reason when that is a `Problem`.
   */
  readonly receive?: (request: {
    url: string;
    headers: Readonly<Record<string, string | string[] | undefined>>;
    body: Readable;
    signal: AbortSignal;
  }) => Promise<void>;
  /** Resolves when the store can be written to; rejects otherwise (for `GET /health`). */
  check(): Promise<void>;
}

export class BlobMissing extends Error {
  constructor(key: BlobKey) {
    super(`no blob at ${key}`);
    this.name = 'BlobMissing';
  }
}
