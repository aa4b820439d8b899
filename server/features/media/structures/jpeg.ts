import { exifOrientation, type Orientation } from '../exif-orientation.ts';
import type { ByteReader } from './byte-reader.ts';
import { BrokenStructure, type Structure, UnusualStructure } from './faults.ts';

// Markers of ITU-T T.81, table B.1.
const TEM = 0x01;
const RST0 = 0xd0;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
/** Frames that the decoder knows: baseline, extended, progressive, and the last two with arithmetic coding. */
const KNOWN_FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca];
const UNKNOWN_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf];

/** Encoders write about ten; each one costs a pass over the whole picture, so thousands are an attack. */
const SCANS_MAX = 100;

/**
 * Walks through a JPEG from its first byte to the end of its picture. What phones put behind that (gain
 * maps, films, depth) is not looked at. Throws `EndsTooEarly`, `BrokenStructure`, `UnusualStructure`.
 */
export async function readJpeg(reader: ByteReader): Promise<Structure> {
  await reader.skip(2);
  let frame: { width: number; height: number } | undefined;
  let orientation: Orientation | undefined;
  let scans = 0;
  await reader.skipPast(0xff);
  let marker = await markerCode(reader);
  for (;;) {
    if (marker === EOI) {
      if (!frame || scans === 0) throw new BrokenStructure('it holds no picture');
      return { ...frame, orientation: orientation ?? 1 };
    }
    if (marker === SOS) {
      scans += 1;
      if (scans > SCANS_MAX) throw new UnusualStructure(`a JPEG of more than ${SCANS_MAX} scans`);
      await reader.skip(await segmentLength(reader));
      marker = await markerBehindScan(reader);
      continue;
    }
    if (KNOWN_FRAMES.includes(marker)) {
      if (frame) throw new BrokenStructure('it has two frames');
      frame = readFrame(await reader.take(await segmentLength(reader)));
    } else if (UNKNOWN_FRAMES.includes(marker)) {
      throw new UnusualStructure('a lossless or hierarchical JPEG');
    } else if (marker === APP1 && orientation === undefined) {
      orientation = readOrientation(await reader.take(await segmentLength(reader)));
    } else if (!standsAlone(marker)) {
      await reader.skip(await segmentLength(reader));
    }
    await reader.skipPast(0xff);
    marker = await markerCode(reader);
  }
}

function standsAlone(marker: number): boolean {
  return marker === TEM || (marker >= RST0 && marker <= SOI);
}

/** The code behind an 0xff, of which there may be several. */
async function markerCode(reader: ByteReader): Promise<number> {
  let code = await reader.takeByte();
  while (code === 0xff) code = await reader.takeByte();
  return code;
}

/** In coded data 0xff 0x00 stands for a byte 0xff, and restart markers belong to it. */
async function markerBehindScan(reader: ByteReader): Promise<number> {
  for (;;) {
    await reader.skipPast(0xff);
    const code = await markerCode(reader);
    if (code !== 0x00 && !(code >= RST0 && code < SOI)) return code;
  }
}

/** Of what follows the two bytes of length. */
async function segmentLength(reader: ByteReader): Promise<number> {
  const length = (await reader.take(2)).readUInt16BE();
  if (length < 2) throw new BrokenStructure('a segment has no length');
  return length - 2;
}

function readFrame(frame: Buffer): { width: number; height: number } {
  if (frame.length < 6) throw new BrokenStructure('its frame is too short');
  if (frame.readUInt8(0) !== 8) throw new UnusualStructure('a JPEG of more than 8 bits a colour');
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  if (height === 0) throw new UnusualStructure('a JPEG that does not say its height');
  if (width === 0) throw new BrokenStructure('its width is 0');
  return { width, height };
}

/** Undefined when the segment is another kind of APP1 (XMP). */
function readOrientation(segment: Buffer): Orientation | undefined {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  return exifOrientation(segment.subarray(6));
}
