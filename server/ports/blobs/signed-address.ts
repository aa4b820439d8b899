import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../kernel/problem.ts';
import type { SignedUpload, UploadTerms } from './blobs.ts';
import { isBlobKey } from './keys.ts';

/** The product's limit for a pre-signed address. */
export const EXPIRY_MAX_MS = 5 * 60_000;

const CONTENT_TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;
const CHECKSUM = /^[0-9a-f]{64}$/;
const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,14})$/;

/** Makes and reads addresses under `publicPath` that carry their own terms, signed with `secret`. */
export interface AddressSigner {
  /** Throws when the terms are no good or reach further than five minutes from `now`. */
  sign(terms: UploadTerms, now: Date): SignedUpload;
  /** The terms of an address as it was requested. Throws `signature_invalid`, `signature_expired`. */
  verify(url: string, now: Date): UploadTerms;
}

export function createAddressSigner(secret: Uint8Array, publicPath: string): AddressSigner {
  const signature = (terms: UploadTerms) =>
    createHmac('sha256', secret).update(canonical(terms)).digest('base64url');

  return {
    sign(terms, now) {
      demandTerms(terms, now);
      const query = new URLSearchParams({
        expires: String(seconds(terms.expiresAt)),
        size: String(terms.size),
        type: terms.contentType,
        checksum: terms.checksumSha256,
        signature: signature(terms),
      });
      return {
        method: 'PUT',
        url: `${publicPath}/${terms.key}?${query}`,
        headers: { 'content-type': terms.contentType },
      };
    },

    verify(url, now) {
      const { terms, signature: given } = readAddress(url, publicPath);
      if (!equal(given, signature(terms))) throw new Problem('signature_invalid');
      // Judged after the signature, so that only who was given the address learns that it has expired.
      if (terms.expiresAt.getTime() <= now.getTime()) throw new Problem('signature_expired');
      return terms;
    },
  };
}

/** One line a term: no term can hold a line break, so two different terms never read the same. */
function canonical({ key, contentType, size, checksumSha256, expiresAt }: UploadTerms): string {
  return ['PUT/1', key, contentType, size, checksumSha256, seconds(expiresAt)].join('\n');
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function demandTerms(terms: UploadTerms, now: Date): void {
  const faults = [
    !isBlobKey(terms.key) && 'key',
    !CONTENT_TYPE.test(terms.contentType) && 'contentType',
    !(Number.isSafeInteger(terms.size) && terms.size > 0) && 'size',
    !CHECKSUM.test(terms.checksumSha256) && 'checksumSha256',
    !(terms.expiresAt.getTime() - now.getTime() <= EXPIRY_MAX_MS) && 'expiresAt',
  ].filter(Boolean);
  if (faults.length > 0) throw new TypeError(`no upload can be signed with this ${faults}`);
}

function readAddress(url: string, publicPath: string): { terms: UploadTerms; signature: string } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const key = path.slice(publicPath.length + 1);
  const terms: Record<string, string> = {};
  for (const name of ['expires', 'size', 'type', 'checksum', 'signature']) {
    const values = query.getAll(name);
    // A name given twice could be read one way here and another way by a proxy.
    if (values.length === 1 && values[0]) terms[name] = values[0];
  }
  const { expires = '', size = '', type = '', checksum = '', signature = '' } = terms;
  const wellFormed =
    path.startsWith(`${publicPath}/`) &&
    isBlobKey(key) &&
    WHOLE_NUMBER.test(expires) &&
    WHOLE_NUMBER.test(size) &&
    CONTENT_TYPE.test(type) &&
    CHECKSUM.test(checksum);
  // Digits beyond what a Date holds would make an invalid one, which compares with nothing.
  const expiresAt = new Date(Number(expires) * 1000);
  if (!wellFormed || Number.isNaN(expiresAt.getTime())) throw new Problem('signature_invalid');
  return {
    terms: { key, contentType: type, size: Number(size), checksumSha256: checksum, expiresAt },
    signature,
  };
}

function equal(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
