/** GIFs that tests make, block by block: cheap however many frames or pixels they claim to have. */
const TABLE = Buffer.from([0, 0, 0, 200, 30, 90]);

function screen(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.write('GIF89a', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  // A table of two colours.
  head[10] = 0x80;
  return Buffer.concat([head, TABLE]);
}

function frame(width: number, height: number): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x2c;
  head.writeUInt16LE(width, 5);
  head.writeUInt16LE(height, 7);
  return Buffer.concat([head, coded(width * height)]);
}

/** Pixels of the second colour, as LZW of three bits a code that clears its table again and again. */
function coded(pixels: number): Buffer {
  const codes: number[] = [];
  for (let i = 0; i < Math.min(pixels, 4000); i += 1) {
    if (i % 2 === 0) codes.push(4);
    codes.push(1);
  }
  codes.push(5);
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8));
  codes.forEach((code, index) => {
    for (let bit = 0; bit < 3; bit += 1) {
      const at = index * 3 + bit;
      if (code & (1 << bit)) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
    }
  });
  const parts: Buffer[] = [Buffer.from([2])];
  for (let at = 0; at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

/** One frame of one colour; of more than 4,000 pixels, only the first of them. */
export function stillGif(width: number, height: number): Buffer {
  return Buffer.concat([screen(width, height), frame(width, height), Buffer.from([0x3b])]);
}

export function animatedGif(wish: {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Hundredths of a second. */
  readonly delay: number;
}): Buffer {
  const { width, height, frames, delay } = wish;
  const loop = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1');
  const control = Buffer.from([0x21, 0xf9, 4, 0, delay & 255, delay >> 8, 0, 0]);
  const one = Buffer.concat([control, frame(Math.min(width, 16), Math.min(height, 16))]);
  const all = Array.from({ length: frames }, () => one);
  return Buffer.concat([screen(width, height), loop, ...all, Buffer.from([0x3b])]);
}
