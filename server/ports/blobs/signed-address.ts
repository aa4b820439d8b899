import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../../kernel/problem.ts';
import type { PartTerms, SignedUpload, UploadTerms } from './blobs.ts';
import { isBlobKey } from './keys.ts';

/** The product's limit for a pre-signed address. */
export const EXPIRY_MAX_MS = 5 * 60_000;

/** As object stores have it: more parts than a file of the product's limit needs. */
export const PARTS_MAX = 10_000;

const CONTENT_TYPE = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/;
const CHECKSUM = /^[0-9a-f]{64}$/;
const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,14})$/;
const NAMES = ['expires', 'size', 'type', 'checksum', 'part', 'part_size', 'signature'];

/** What an address takes: a whole file, or a part of one. */
export type AddressTerms =
  | ({ readonly takes: 'file' } & UploadTerms)
  | ({ readonly takes: 'part' } & PartTerms);

/** Makes and reads addresses under `publicPath` that carry their own terms, signed with `secret`. */
export interface AddressSigner {
  /** Throws when the terms are no good or reach further than five minutes from `now`. */
  sign(terms: AddressTerms, now: Date): SignedUpload;
  /** The terms of an address as it was requested. Throws `signature_invalid`, `signature_expired`. */
  verify(url: string, now: Date): AddressTerms;
}

export function createAddressSigner(secret: Uint8Array, publicPath: string): AddressSigner {
  const signature = (terms: AddressTerms) =>
    createHmac('sha256', secret).update(canonical(terms)).digest('base64url');

  return {
    sign(terms, now) {
      demandTerms(terms, now);
      const query = new URLSearchParams({
        expires: String(seconds(terms.expiresAt)),
        size: String(terms.size),
        type: terms.contentType,
        checksum: checksumOf(terms),
        ...(terms.takes === 'part' && {
          part: String(terms.partNumber),
          part_size: String(terms.partSize),
        }),
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

/** Of what the address takes. */
function checksumOf(terms: AddressTerms): string {
  return terms.takes === 'part' ? terms.partChecksumSha256 : terms.checksumSha256;
}

/** One line a term: no term can hold a line break, so two different terms never read the same. */
function canonical(terms: AddressTerms): string {
  const { key, contentType, size, expiresAt } = terms;
  const common = [key, contentType, size, checksumOf(terms), seconds(expiresAt)];
  const lines =
    terms.takes === 'part'
      ? ['PUT-PART/1', ...common, terms.partNumber, terms.partSize]
      : ['PUT/1', ...common];
  return lines.join('\n');
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function demandTerms(terms: AddressTerms, now: Date): void {
  const faults = [
    !isBlobKey(terms.key) && 'key',
    !CONTENT_TYPE.test(terms.contentType) && 'contentType',
    !(Number.isSafeInteger(terms.size) && terms.size > 0) && 'size',
    !CHECKSUM.test(checksumOf(terms)) && 'checksum',
    !(terms.expiresAt.getTime() - now.getTime() <= EXPIRY_MAX_MS) && 'expiresAt',
    terms.takes === 'part' && !isPartOf(terms) && 'part',
  ].filter(Boolean);
  if (faults.length > 0) throw new TypeError(`no upload can be signed with this ${faults}`);
}

function isPartOf({ partNumber, partSize, size }: PartTerms): boolean {
  const numbered = Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= PARTS_MAX;
  return numbered && Number.isSafeInteger(partSize) && partSize > 0 && partSize <= size;
}

function readAddress(url: string, publicPath: string): { terms: AddressTerms; signature: string } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const key = path.slice(publicPath.length + 1);
  const values: Record<string, string> = {};
  for (const name of NAMES) {
    const given = query.getAll(name);
    // A name given twice could be read one way here and another way by a proxy.
    if (given.length > 1) throw new Problem('signature_invalid');
    if (given[0]) values[name] = given[0];
  }
  const { expires = '', size = '', type = '', checksum = '', part = '', signature = '' } = values;
  const { part_size: partSize = '' } = values;
  const wellFormed =
    path.startsWith(`${publicPath}/`) &&
    isBlobKey(key) &&
    WHOLE_NUMBER.test(expires) &&
    WHOLE_NUMBER.test(size) &&
    CONTENT_TYPE.test(type) &&
    CHECKSUM.test(checksum) &&
    [part, partSize].every((text) => text === '' || WHOLE_NUMBER.test(text));
  // Digits beyond what a Date holds would make an invalid one, which compares with nothing.
  const expiresAt = new Date(Number(expires) * 1000);
  if (!wellFormed || Number.isNaN(expiresAt.getTime())) throw new Problem('signature_invalid');
  const common = { key, contentType: type, size: Number(size), expiresAt };
  const terms: AddressTerms =
    part === '' && partSize === ''
      ? { takes: 'file', ...common, checksumSha256: checksum }
      : {
          takes: 'part',
          ...common,
          partNumber: Number(part),
          partSize: Number(partSize),
          partChecksumSha256: checksum,
        };
  return { terms, signature };
}

function equal(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
