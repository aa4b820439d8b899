import { constants, crc32, deflateRawSync } from 'node:zlib';
import { crcShift } from './crc32.ts';

/** A stored block has a length of 16 bits (RFC 1951, section 3.2.4). */
const STORED_MAX = 0xffff;
const STORED_HEAD = 5;

/**
 * Done once for each part, so it may search long. A part has hardly more than some kilobytes: larger
 * tables of zlib make it no smaller and take half as long again to set up.
 */
const ONCE = {
  level: 9,
  windowBits: 12,
  memLevel: 5,
  finishFlush: constants.Z_FULL_FLUSH,
} as const;

/** A part as it lies in a gzip stream: whole blocks of deflate, up to a whole byte, none the last. */
interface Packed {
  readonly deflated: Buffer;
  readonly crc32: number;
  readonly shift: number;
}

/**
 * A piece of many answers, ready to be sent: as it is, and deflated. Parts are joined byte by byte in
 * any order (see joined.ts). They are shared by all who are answered, so nothing that is for one person
 * alone belongs into one.
 */
export class Part {
  readonly plain: Buffer;
  /** Bytes of this one answer only: not worth deflating. */
  readonly #passing: boolean;
  #packed: Packed | undefined;

  private constructor(text: string, passing: boolean) {
    // Not of Node's pool, where a small buffer would keep a large one.
    this.plain = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    this.plain.write(text);
    this.#passing = passing;
  }

  /** To be used again and again; deflated when that is first asked for. */
  static of(text: string): Part {
    return new Part(text, false);
  }

  /** For one answer; in a gzip stream it stands as it is. */
  static passing(text: string): Part {
    return new Part(text, true);
  }

  get packed(): Packed {
    this.#packed ??= {
      deflated: this.#passing ? store(this.plain) : deflateRawSync(this.plain, ONCE),
      crc32: crc32(this.plain),
      shift: crcShift(this.plain.length),
    };
    return this.#packed;
  }
}

/**
 * Stored blocks. Huffman codes that are ready made would not make JSON smaller: the fixed ones have
 * eight bits for every letter (RFC 1951, section 3.2.6), and what they could gain is in repeats, which
 * must be searched for.
 */
function store(plain: Buffer): Buffer {
  const blocks = Math.ceil(plain.length / STORED_MAX);
  const stored = Buffer.allocUnsafeSlow(plain.length + blocks * STORED_HEAD);
  let to = 0;
  for (let from = 0; from < plain.length; from += STORED_MAX) {
    const piece = plain.subarray(from, from + STORED_MAX);
    stored[to] = 0;
    stored.writeUInt16LE(piece.length, to + 1);
    stored.writeUInt16LE(piece.length ^ 0xffff, to + 3);
    stored.set(piece, to + STORED_HEAD);
    to += STORED_HEAD + piece.length;
  }
  return stored;
}
