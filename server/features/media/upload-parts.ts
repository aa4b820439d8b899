import type { PersonId, UploadId } from '../../../api/ids.ts';
import type { askParts, UploadState } from '../../../api/media.ts';
import type { BodyOf, DataOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { ArrivedPart, BlobKey, Blobs } from '../../ports/blobs/blobs.ts';
import { addressExpiry, sizesInParts } from './upload-terms.ts';
import { findUpload, KEPT_MS, type UploadRow } from './uploads-store.ts';

/**
 * Joining 200 MB takes seconds; a disk that needs longer than this is in trouble. Far below the time that
 * the sweep leaves after `kept_until`, so that it never takes away what is being joined.
 */
const JOIN_MAX_MS = 120_000;

type PartsUpload = UploadRow & { readonly part_size: number };

/** What has arrived of an upload of one's own. Throws `upload_not_found`. */
export async function readUploadState(
  ctx: Pick<Context, 'db' | 'blobs' | 'clock'>,
  personId: PersonId,
  uploadId: UploadId,
): Promise<UploadState> {
  const row = await demandKept(ctx, personId, uploadId);
  return stateOf(row, await isThere(ctx, row), row.used_at ? [] : await partsOf(ctx, row));
}

/**
 * Gives an address for each of these parts, in their order: also for what is there already, which may be
 * sent again. Throws `upload_not_found`, `upload_used`, `upload_not_in_parts`.
 */
export async function askUploadParts(
  ctx: Pick<Context, 'db' | 'blobs' | 'clock'>,
  personId: PersonId,
  uploadId: UploadId,
  parts: BodyOf<typeof askParts>['parts'],
): Promise<DataOf<typeof askParts>> {
  const row = demandInParts(await demandKept(ctx, personId, uploadId));
  const sizes = sizesInParts(row.size, row.part_size);
  demandNumbers(parts, sizes.length);
  const expiresAt = addressExpiry(ctx.clock.now());
  return {
    parts: parts.map(({ number, checksum_sha256 }) => {
      const { method, url, headers } = ctx.blobs.signPart({
        key: row.blob_key,
        contentType: row.content_type,
        size: row.size,
        partNumber: number,
        partSize: sizes[number - 1] ?? 0,
        partChecksumSha256: checksum_sha256,
        expiresAt,
      });
      return {
        number,
        method,
        url,
        headers: { ...headers },
        expires_at: expiresAt.toISOString(),
      };
    }),
  };
}

/**
 * Makes the file of its parts; of one that is there already, nothing. Two at once are one. Throws
 * `upload_not_found`, `upload_used`, `upload_not_in_parts`, `upload_incomplete` (says which parts are
 * missing), `checksum_mismatch` and `size_mismatch` (the parts are not the file that was announced, and are
 * gone), `storage_full`, `request_timeout`.
 */
export async function completeInParts(
  ctx: Pick<Context, 'db' | 'blobs' | 'clock'>,
  personId: PersonId,
  uploadId: UploadId,
): Promise<UploadState> {
  const row = demandInParts(await demandKept(ctx, personId, uploadId));
  await joinOnce(ctx.blobs, row);
  return stateOf(row, true, []);
}

/** Joins that run now, so that asking again waits for the one that runs instead of doing its work twice. */
const joins = new WeakMap<Blobs, Map<BlobKey, Promise<void>>>();

function joinOnce(blobs: Blobs, row: PartsUpload): Promise<void> {
  const running = joins.get(blobs) ?? new Map<BlobKey, Promise<void>>();
  joins.set(blobs, running);
  const known = running.get(row.blob_key);
  if (known) return known;
  // Not bound to the request that asked: whoever asks again finds it done.
  const joining = join(blobs, row).finally(() => running.delete(row.blob_key));
  running.set(row.blob_key, joining);
  return joining;
}

async function join(blobs: Blobs, row: PartsUpload): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Problem('request_timeout', 'Joining the parts took too long. Ask again.'));
  }, JOIN_MAX_MS);
  try {
    await blobs.completeParts(
      {
        key: row.blob_key,
        contentType: row.content_type,
        size: row.size,
        checksumSha256: row.checksum_sha256,
        parts: sizesInParts(row.size, row.part_size).length,
      },
      late.signal,
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Another process was faster, and has taken the parts away after the file was there.
    if (error.code === 'upload_incomplete' && (await isThere({ blobs }, row))) return;
    // From the start, then.
    if (isWrong(error)) await blobs.removeParts(row.blob_key);
    throw new Problem(error.code, error.message, { ...error.details, upload_id: row.upload_id });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Finishes what a crash may have left half done when the file was there already: its parts go once it lies
 * in all its places. Parts that do not come to the file, which was sent as a whole then, just go.
 */
export async function finishJoin(ctx: Pick<Context, 'blobs'>, row: UploadRow): Promise<void> {
  const { part_size } = row;
  if (part_size === null || (await ctx.blobs.listParts(row.blob_key)).length === 0) return;
  try {
    await joinOnce(ctx.blobs, { ...row, part_size });
  } catch (error) {
    if (!(error instanceof Problem && isWrong(error))) throw error;
  }
}

/** Each part is what its sender said, so the sender was wrong about them. */
function isWrong({ code }: Problem): boolean {
  return code === 'checksum_mismatch' || code === 'size_mismatch';
}

/**
 * Why an upload without its file cannot be confirmed: its bytes are missing, or its parts are there and were
 * never completed.
 */
export async function describeMissing(
  ctx: Pick<Context, 'blobs'>,
  row: UploadRow,
): Promise<string | undefined> {
  if (row.part_size === null) return undefined;
  const here = (await partsOf(ctx, row)).length;
  const all = sizesInParts(row.size, row.part_size).length;
  const send = here < all ? 'Send the missing ones, complete' : 'Complete';
  return `${here} of ${all} parts of this upload have arrived. ${send} it (POST /uploads/${row.upload_id}/complete), then confirm.`;
}

/** The row of an upload that can still be used; one that may be swept any moment counts as gone. */
async function demandKept(
  ctx: Pick<Context, 'db' | 'clock'>,
  personId: PersonId,
  uploadId: UploadId,
): Promise<UploadRow> {
  const row = await findUpload(ctx.db, personId, uploadId);
  const until = row && keptUntil(row);
  const over = until && until.getTime() <= ctx.clock.millis();
  if (!row || over) throw new Problem('upload_not_found', undefined, { upload_id: uploadId });
  return row;
}

function demandInParts(row: UploadRow): PartsUpload {
  const details = { upload_id: row.upload_id };
  if (row.used_at) throw new Problem('upload_used', undefined, details);
  const { part_size } = row;
  if (part_size === null) throw new Problem('upload_not_in_parts', undefined, details);
  return { ...row, part_size };
}

function demandNumbers(parts: readonly { readonly number: number }[], count: number): void {
  const seen = new Set<number>();
  for (const [index, { number }] of parts.entries()) {
    const field = `body.parts.${index}.number`;
    if (number > count) throw fieldProblem({ [field]: `must be at most ${count}` });
    if (seen.has(number)) throw fieldProblem({ [field]: 'is named twice' });
    seen.add(number);
  }
}

async function isThere({ blobs }: Pick<Context, 'blobs'>, row: UploadRow): Promise<boolean> {
  return (await blobs.stat(row.blob_key))?.size === row.size;
}

/** None of a file that is sent as a whole. */
async function partsOf({ blobs }: Pick<Context, 'blobs'>, row: UploadRow): Promise<ArrivedPart[]> {
  return row.part_size === null ? [] : blobs.listParts(row.blob_key);
}

function stateOf(row: UploadRow, complete: boolean, parts: readonly ArrivedPart[]): UploadState {
  return {
    upload_id: row.upload_id,
    size: row.size,
    part_size: row.part_size,
    arrived: complete
      ? []
      : parts.map((part) => ({
          number: part.partNumber,
          checksum_sha256: part.checksumSha256,
        })),
    complete: complete || row.used_at !== null,
    kept_until: keptUntil(row)?.toISOString() ?? null,
  };
}

/** When it goes unless it is confirmed; null for what is confirmed, or held by a draft. */
function keptUntil(row: UploadRow): Date | null {
  if (row.used_at || row.draft_id) return null;
  return new Date(row.created_at.getTime() + KEPT_MS);
}
