import { BrokenStructure } from '../structures/faults.ts';

/** Gives the bytes from `start` to before `end`; fewer where the file ends. */
export type Read = (start: number, end: number) => Promise<Uint8Array>;

/** Of the tables that say where each frame is: ten minutes with 240 frames a second need 6 MB. */
const MOOV_BYTES_MAX = 48_000_000;
/** A whole file has a handful; one of fragments two each, and recorders make fragments of half a second or more. */
const BOXES_MAX = 10_000;
/** Frames of one video track, and packets of any other (PCM counts each sample). */
export const FRAMES_MAX = 150_000;
const SAMPLES_MAX = 60_000_000;
const TRACKS_MAX = 16;

/**
 * Walks through the boxes of an MP4 or MOV: each lies within the file, the index (`moov`) and media are
 * there, and no table of the index says that it holds absurdly much. Throws `BrokenStructure`.
 */
export async function demandWholeMp4(read: Read, size: number): Promise<void> {
  let hasIndex = false;
  let hasMedia = false;
  let boxes = 0;
  for (let at = 0; at < size; boxes += 1) {
    if (boxes === BOXES_MAX) throw new BrokenStructure('it has too many parts');
    const head = view(await read(at, Math.min(size, at + 16)));
    if (head.byteLength < 8) {
      // Some writers end with a few zeros.
      if (hasIndex && hasMedia) break;
      throw new BrokenStructure('it ends too early');
    }
    const { type, length } = readHead(head, size - at);
    if (length > size - at) throw new BrokenStructure('it ends too early');
    if (type === 'moov') {
      if (length > MOOV_BYTES_MAX) throw new BrokenStructure('its index is too large');
      demandSaneIndex(view(await read(at, at + length)));
      hasIndex = true;
    }
    if (type === 'mdat' || type === 'moof') hasMedia = true;
    at += length;
  }
  if (!hasIndex) throw new BrokenStructure('it ends before its index');
  if (!hasMedia) throw new BrokenStructure('there is no film in it');
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readHead(head: DataView, left: number): { type: string; length: number; body: number } {
  const short = head.getUint32(0);
  const type = String.fromCharCode(...new Uint8Array(head.buffer, head.byteOffset + 4, 4));
  let length = short;
  let body = 8;
  if (short === 0) length = left;
  if (short === 1) {
    if (head.byteLength < 16) throw new BrokenStructure('it ends too early');
    length = Number(head.getBigUint64(8));
    body = 16;
  }
  if (length < body) throw new BrokenStructure('a part of it has no size');
  return { type, length, body };
}

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);

/** Judges the figures of the tables before anybody makes room for what they announce. */
function demandSaneIndex(index: DataView): void {
  let tracks = 0;
  let isVideo = false;
  const walk = (from: number, to: number, depth: number) => {
    for (let at = from; at + 8 <= to; ) {
      const box = new DataView(index.buffer, index.byteOffset + at, to - at);
      const { type, length, body } = readHead(box, to - at);
      if (length > to - at) throw new BrokenStructure('its index is torn');
      const inner = new DataView(index.buffer, index.byteOffset + at + body, length - body);
      if (type === 'trak') {
        tracks += 1;
        isVideo = false;
        if (tracks > TRACKS_MAX) throw new BrokenStructure('it has too many tracks');
      }
      if (type === 'hdlr' && inner.byteLength >= 12) isVideo = inner.getUint32(8) === 0x76696465;
      if (type === 'stsz' || type === 'stz2') demandFewSamples(inner, 8, isVideo);
      if (type === 'stts' || type === 'ctts') demandSaneRuns(inner, isVideo);
      if (CONTAINERS.has(type) && depth < 8) walk(at + body, at + length, depth + 1);
      at += length;
    }
  };
  walk(0, index.byteLength, 0);
}

function demandFewSamples(table: DataView, at: number, isVideo: boolean): void {
  if (table.byteLength < at + 4) throw new BrokenStructure('its index is torn');
  const most = isVideo ? FRAMES_MAX : SAMPLES_MAX;
  if (table.getUint32(at) > most) throw new BrokenStructure('it says that it has too many frames');
  const isVaried = table.getUint32(4) === 0;
  if (isVaried && table.getUint32(at) > table.byteLength) {
    throw new BrokenStructure('its index is torn');
  }
}

/** Pairs of how many and how long. */
function demandSaneRuns(table: DataView, isVideo: boolean): void {
  if (table.byteLength < 8) throw new BrokenStructure('its index is torn');
  const runs = table.getUint32(4);
  if (8 + runs * 8 > table.byteLength) throw new BrokenStructure('its index is torn');
  const most = isVideo ? FRAMES_MAX : SAMPLES_MAX;
  let all = 0;
  for (let run = 0; run < runs; run += 1) all += table.getUint32(8 + run * 8);
  if (all > most) throw new BrokenStructure('it says that it has too many frames');
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** The same for WebM: what is announced of the segment is there. Throws `BrokenStructure`. */
export async function demandWholeWebm(read: Read, size: number): Promise<void> {
  let at = 0;
  for (const wanted of [EBML, SEGMENT]) {
    const head = await read(at, Math.min(size, at + 12));
    const found = readElement(head);
    if (!found || found.id !== wanted)
      throw new BrokenStructure('it is not put together as WebM is');
    const { length, body } = found;
    if (wanted === SEGMENT) {
      // Unknown: written by somebody who could not go back, such as a recorder in a browser.
      if (length !== null && at + body + length > size) {
        throw new BrokenStructure('it ends too early');
      }
      return;
    }
    if (length === null) throw new BrokenStructure('it is not put together as WebM is');
    at += body + length;
  }
}

/** RFC 8794: an id of four bytes, and a length whose first byte says how many it has. */
function readElement(head: Uint8Array): { id: number; length: number | null; body: number } | null {
  if (head.length < 6) return null;
  const id = view(head).getUint32(0);
  const bytes = Math.clz32(head[4] ?? 0) - 23;
  if (bytes > 8 || head.length < 4 + bytes) return null;
  let length = (head[4] ?? 0) & (0xff >> bytes);
  let isUnknown = length === 0xff >> bytes;
  for (let i = 1; i < bytes; i += 1) {
    const byte = head[4 + i] ?? 0;
    isUnknown &&= byte === 0xff;
    length = length * 256 + byte;
  }
  return { id, length: isUnknown ? null : length, body: 4 + bytes };
}
