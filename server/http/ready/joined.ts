import { combineCrc32 } from './crc32.ts';
import type { Part } from './part.ts';

/** RFC 1952, section 2.3: deflate, no name, no time, made by whatever. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** An empty last block in fixed codes (RFC 1951, section 3.2.6). */
const LAST_BLOCK = Buffer.from([3, 0]);
const TRAILER_BYTES = 8;

/** Parts in a row as one body, plain or as one gzip member; nothing is copied before it is written. */
export class Joined {
  readonly #parts: readonly Part[];
  readonly plainBytes: number;
  #gzip: { readonly bytes: number; readonly crc32: number } | undefined;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    let bytes = 0;
    for (const { plain } of parts) bytes += plain.length;
    this.plainBytes = bytes;
  }

  get gzipBytes(): number {
    return this.#sealed().bytes;
  }

  /** Writes `plainBytes` bytes from `at` on. */
  writePlain(target: Buffer, at: number): void {
    let to = at;
    for (const { plain } of this.#parts) {
      target.set(plain, to);
      to += plain.length;
    }
  }

  /** Writes `gzipBytes` bytes from `at` on. */
  writeGzip(target: Buffer, at: number): void {
    const { crc32 } = this.#sealed();
    target.set(GZIP_HEAD, at);
    let to = at + GZIP_HEAD.length;
    for (const { packed } of this.#parts) {
      target.set(packed.deflated, to);
      to += packed.deflated.length;
    }
    target.set(LAST_BLOCK, to);
    to += LAST_BLOCK.length;
    target.writeUInt32LE(crc32, to);
    target.writeUInt32LE(this.plainBytes >>> 0, to + 4);
  }

  /** A fresh buffer of the body. */
  body(encoding: 'gzip' | null): Buffer {
    const bytes = Buffer.allocUnsafeSlow(encoding ? this.gzipBytes : this.plainBytes);
    if (encoding) this.writeGzip(bytes, 0);
    else this.writePlain(bytes, 0);
    return bytes;
  }

  #sealed(): { readonly bytes: number; readonly crc32: number } {
    if (this.#gzip) return this.#gzip;
    let bytes = GZIP_HEAD.length + LAST_BLOCK.length + TRAILER_BYTES;
    let crc = 0;
    for (const { packed } of this.#parts) {
      bytes += packed.deflated.length;
      crc = combineCrc32(crc, packed.crc32, packed.shift);
    }
    this.#gzip = { bytes, crc32: crc };
    return this.#gzip;
  }
}
