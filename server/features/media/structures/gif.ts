import type { ByteReader } from './byte-reader.ts';
import { type Animation, BrokenStructure, type Structure, TooMuch } from './faults.ts';

// Blocks of GIF89a, sections 17 to 27.
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;

/** A minute and more at 30 a second. */
const FRAMES_MAX = 2000;
/** Of all frames together, each as large as the canvas: 480 frames of 1080 × 1920. */
const PIXELS_MAX = 1_000_000_000;
/** Browsers show what asks for less for so long instead. */
const DELAY_MIN = 2;
const DELAY_OTHERWISE = 10;

/**
 * Walks through the blocks of a GIF to its trailer. Throws `EndsTooEarly`, `BrokenStructure`, `TooMuch`.
 */
export async function readGif(reader: ByteReader): Promise<Structure> {
  const head = await reader.take(13);
  const [width, height] = [head.readUInt16LE(6), head.readUInt16LE(8)];
  if (width === 0 || height === 0) throw new BrokenStructure('one side is 0');
  await reader.skip(tableLength(head.readUInt8(10)));
  let frames = 0;
  let hundredths = 0;
  for (;;) {
    const block = await reader.takeByte();
    if (block === TRAILER) {
      if (frames === 0) throw new BrokenStructure('it holds no picture');
      const animation: Animation = { frames, seconds: hundredths / 100 };
      return { width, height, orientation: 1, ...(frames > 1 ? { animation } : {}) };
    }
    if (block === EXTENSION) hundredths += await readExtension(reader);
    else if (block === IMAGE) {
      frames += 1;
      if (frames > FRAMES_MAX) throw new TooMuch(`more than ${FRAMES_MAX} frames`);
      if (frames * width * height > PIXELS_MAX) {
        throw new TooMuch(`frames of more than ${PIXELS_MAX / 1e6} megapixels together`);
      }
      await skipImage(reader);
    } else throw new BrokenStructure('it holds a block that GIF does not know');
  }
}

/** Bytes of a table of colours; `flags` tell whether there is one. */
function tableLength(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

/** Gives the delay that it asks for, in hundredths of a second; 0 when it is about something else. */
async function readExtension(reader: ByteReader): Promise<number> {
  const label = await reader.takeByte();
  if (label !== GRAPHIC_CONTROL) {
    await skipParts(reader);
    return 0;
  }
  const length = await reader.takeByte();
  const control = await reader.take(length);
  if (length !== 0) await skipParts(reader);
  if (length < 4) throw new BrokenStructure('a block is too short');
  const delay = control.readUInt16LE(1);
  return delay < DELAY_MIN ? DELAY_OTHERWISE : delay;
}

async function skipImage(reader: ByteReader): Promise<void> {
  const head = await reader.take(9);
  await reader.skip(tableLength(head.readUInt8(8)));
  const codeSize = await reader.takeByte();
  if (codeSize < 1 || codeSize > 8) throw new BrokenStructure('its coding is unknown');
  await skipParts(reader);
}

async function skipParts(reader: ByteReader): Promise<void> {
  for (;;) {
    const length = await reader.takeByte();
    if (length === 0) return;
    await reader.skip(length);
  }
}
