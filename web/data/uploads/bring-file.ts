import { PART_BYTES } from '../../../api/limits.ts';
import type { UploadGrant, UploadState } from '../../../api/media.ts';
import type { Checksums } from './hash-bytes.ts';
import { grantIsFresh, type PendingFile } from './pending.ts';
import { type Part, partsOf, sendParts } from './send-parts.ts';

type Progress = (sentBytes: number) => void;

/** What a file is brought with. Each throws `ApiError` when the server says no, or nothing. */
export interface FileLine {
  hash(bytes: Blob): Promise<Checksums>;
  ask(file: PendingFile, checksum: string, inParts: boolean): Promise<UploadGrant>;
  putWhole(grant: UploadGrant, bytes: Blob, sent: Progress): Promise<void>;
  look(grant: UploadGrant): Promise<UploadState>;
  putPart(grant: UploadGrant, part: Part, bytes: Blob, sent: Progress): Promise<void>;
  complete(grant: UploadGrant): Promise<UploadState>;
}

export interface FileListener {
  /** Keeps what has been reached, before the next step begins. */
  keep(change: Partial<PendingFile>): Promise<unknown>;
  moved: Progress;
}

/**
 * Brings one file to the server: hash, address, bytes, each only when it has not been done. Large files go
 * in parts, so that a lost connection, a closed page or a restarted server costs the parts that were on
 * the way, and nothing else.
 */
export async function bringFile(
  file: PendingFile,
  bytes: Blob,
  line: FileLine,
  listener: FileListener,
): Promise<void> {
  const { whole, parts } = await checksumsOf(file, bytes, line, listener);
  const inParts = file.size > PART_BYTES;
  const grant = await grantFor(file, whole, inParts, line, listener);
  if (grant.part_size === PART_BYTES) {
    await sendParts(
      partsOf(file.size, parts),
      {
        look: () => line.look(grant),
        put: (part, sent) =>
          line.putPart(grant, part, bytes.slice(part.at, part.at + part.size), sent),
        complete: () => line.complete(grant),
      },
      { arrived: (arrived) => listener.keep({ arrived }), moved: listener.moved },
    );
  } else {
    // Small; or the server has parts of another size, and takes the file as a whole after all.
    await line.putWhole(grant, bytes, listener.moved);
  }
  await listener.keep({ sent: true });
}

async function checksumsOf(
  file: PendingFile,
  bytes: Blob,
  line: FileLine,
  listener: FileListener,
): Promise<Checksums> {
  const { checksum, partChecksums } = file;
  if (checksum && (partChecksums || file.size <= PART_BYTES)) {
    return { whole: checksum, parts: partChecksums ?? [checksum] };
  }
  const hashed = await line.hash(bytes);
  await listener.keep({ checksum: hashed.whole, partChecksums: hashed.parts });
  return hashed;
}

async function grantFor(
  file: PendingFile,
  checksum: string,
  inParts: boolean,
  line: FileLine,
  listener: FileListener,
): Promise<UploadGrant> {
  const { grant } = file;
  // Of an upload in parts the grant's own address is not used, so it does not matter that it ends.
  if (grant?.part_size === PART_BYTES || grantIsFresh(grant, Date.now())) return grant;
  const fresh = await line.ask(file, checksum, inParts);
  await listener.keep({ grant: fresh, arrived: [] });
  return fresh;
}
