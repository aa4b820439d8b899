import { BrokenStructure } from './faults.ts';

/** A box of ISO/IEC 14496-12, 4.2. */
export interface Box {
  readonly type: string;
  /** What is in it, behind its head. */
  readonly body: Buffer;
}

/** The boxes that lie in `bytes`, one after the other. Throws `BrokenStructure`. */
export function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const { type, head, length } = readBoxHead(bytes.subarray(at));
    const end = length === 0 ? bytes.length : at + length;
    if (end < at + head || end > bytes.length) {
      throw new BrokenStructure('a box is longer than the one around it');
    }
    boxes.push({ type, body: bytes.subarray(at + head, end) });
    at = end;
  }
  return boxes;
}

/** Type and length of a box, of its first 16 bytes or more. `length` 0: to the end of the file. */
export function readBoxHead(bytes: Buffer): { type: string; head: number; length: number } {
  const type = bytes.toString('latin1', 4, 8);
  const short = bytes.readUInt32BE(0);
  if (short !== 1) return { type, head: 8, length: short };
  if (bytes.length < 16) throw new BrokenStructure('a box has no length');
  return { type, head: 16, length: Number(bytes.readBigUInt64BE(8)) };
}

/** Reads a box from front to back. Throws `BrokenStructure` behind its end. */
export class BoxReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A number of 0 to 8 bytes. */
  take(length: number): number {
    const bytes = this.bytes(length);
    return length > 6 ? Number(bytes.readBigUInt64BE()) : length ? bytes.readUIntBE(0, length) : 0;
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new BrokenStructure('a box is too short');
    this.#at = end;
    return this.#bytes.subarray(end - length, end);
  }

  /** Version and flags, with which some boxes begin. */
  version(): { version: number; flags: number } {
    return { version: this.take(1), flags: this.take(3) };
  }

  get rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}
