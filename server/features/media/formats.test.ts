import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { MediaId } from '../../../api/ids.ts';
import { animatedGif, stillGif } from '../../../test/gifs.ts';
import { avifParts, GRADIENT, type HeifWish, makeHeif } from '../../../test/heif.ts';
import { HEVC_GRADIENT } from '../../../test/hevc-gradient.ts';
import {
  foundByExiftool,
  foundMetadata,
  loadedJpeg,
  loadedPng,
  pngChunk,
  profileTexts,
  WORDS,
} from '../../../test/metadata.ts';
import { openPictureStore } from '../../../test/picture-store.ts';
import { gradient, meanDifference, picture, type Raw } from '../../../test/pictures.ts';
import { samplePhoto, samplePhotos } from '../../../test/sample-data.ts';
import { addAvif, type Picture, renderPicture } from './render.ts';

let count = 0;
const store = await openPictureStore();
const { blobs, sandbox } = store;
after(() => store.close());

/** All three sizes in all three formats, as they would be served. */
async function render(original: Buffer) {
  count += 1;
  const prefix = `local/0c/${count}`;
  const originalKey = `${prefix}/original.bin`;
  await blobs.write(originalKey, original);
  const wish: Picture = { originalKey, crop: null, prefix, name: '7' as MediaId };
  const rendered = await renderPicture({ blobs, sandbox }, wish);
  const renditions = await addAvif({ blobs, sandbox }, wish, rendered.renditions);
  const read = (key: string | undefined) => blobs.read(key ?? assert.fail('a file is missing'));
  const files = await Promise.all(
    Object.values(renditions).flatMap(({ jpeg, webp, avif }) => [jpeg, webp, avif].map(read)),
  );
  return { rendered, renditions, files, large: files.slice(0, 3), prefix, wish };
}

async function rawOf(bytes: Buffer): Promise<Raw> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Demands the same picture in every format, give or take what their compression takes. */
async function demandSame(files: readonly Buffer[], expected: Raw, within = 5, what = '') {
  for (const bytes of files) {
    const found = await rawOf(bytes);
    assert.deepEqual([found.width, found.height], [expected.width, expected.height], what);
    const difference = meanDifference(found.data, expected.data);
    assert.ok(difference < within, `${what} is ${difference} off`);
  }
}

/** The gradient turned against the clock, then mirrored, as HEIF says it. */
async function turned(turns: number, mirror: 0 | 1 | undefined): Promise<Raw> {
  const upright = await picture(GRADIENT)
    .rotate(-90 * turns)
    .png()
    .toBuffer();
  const seen = sharp(upright);
  if (mirror === 0) seen.flip();
  if (mirror === 1) seen.flop();
  return await rawOf(await seen.png().toBuffer());
}

const heic = (wish: Partial<HeifWish> = {}) =>
  makeHeif({ coding: 'hvc1', ...HEVC_GRADIENT.eightBits, width: 64, height: 48, ...wish });

describe('HEIC and AVIF', () => {
  it('come out in 8 and 10 bits, upright by irot and imir, and EXIF turns nothing', async () => {
    const exif = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0', 'latin1');
    await demandSame((await render(heic({ exif }))).large, GRADIENT, 5, 'EXIF');
    const tenBits = await render(heic(HEVC_GRADIENT.tenBits));
    await demandSame(tenBits.large, GRADIENT, 5, '10 bits');
    const parts = await avifParts(GRADIENT);
    for (const turns of [0, 1, 2, 3]) {
      for (const mirror of [undefined, 0, 1] as const) {
        const wish = { turns, exif, ...(mirror === undefined ? {} : { mirror }) };
        const colour = [1, 13, 6] as const;
        const avif = makeHeif({ ...parts, width: 64, height: 48, colour, ...wish });
        const expected = await turned(turns, mirror);
        for (const file of [heic(wish), avif]) {
          const { large, rendered } = await render(file);
          await demandSame(large, expected, 5, `${turns} ${mirror}`);
          const { width, height } = rendered;
          assert.deepEqual({ width, height }, { width: expected.width, height: expected.height });
        }
      }
    }
  });

  const [phone, same] = [samplePhoto('phone.heic'), samplePhoto('mountains.jpg')];
  it('of a phone looks like the photo that it was made of', {
    skip: !(phone && same) && 'no samples here',
  }, async () => {
    const { large, rendered, prefix } = await render(await readFile(phone ?? ''));
    assert.deepEqual([rendered.width, rendered.height], [3264, 2448]);
    const small = sharp(same ?? '')
      .resize(1080, 810)
      .removeAlpha();
    await demandSame(large, await rawOf(await small.png().toBuffer()), 6);
    const kept = await blobs.read(`${prefix}/original.bin`);
    assert.ok(kept.equals(await readFile(phone ?? '')), 'bit for bit');
    const likeness = await render(await readFile(same ?? ''));
    assert.ok(bitsApart(rendered.phash, likeness.rendered.phash) <= 4);
  });
});

describe('what moves or is odd', () => {
  it('is shown as its first frame, as large as it is', async () => {
    const frames = (size: number) => Buffer.concat([GRADIENT.data, Buffer.alloc(size)]);
    const pages = { raw: { width: 64, height: 96, channels: 3, pageHeight: 48 } } as const;
    const moving = sharp(frames(GRADIENT.data.length), pages);
    const still = picture(GRADIENT);
    const files: [string, Buffer][] = [
      [
        'WebP',
        await moving
          .clone()
          .webp({ quality: 95, loop: 0, delay: [100, 100] })
          .toBuffer(),
      ],
      [
        'GIF',
        await moving
          .clone()
          .gif({ delay: [100, 100], dither: 0 })
          .toBuffer(),
      ],
      ['still GIF', await still.clone().gif({ dither: 0 }).toBuffer()],
      ['APNG', animatedPng(await still.clone().png().toBuffer())],
      ['16 bits', await still.clone().toColourspace('rgb16').png().toBuffer()],
      ['progressive', await still.clone().jpeg({ progressive: true, quality: 95 }).toBuffer()],
    ];
    for (const [name, file] of files) {
      const { large, rendered } = await render(file);
      assert.deepEqual([rendered.width, rendered.height], [64, 48], name);
      await demandSame(large, GRADIENT, 6, name);
    }
    await render(stillGif(40, 30));
    await render(animatedGif({ width: 40, height: 30, frames: 5, delay: 20 }));
  });
});

/** The same PNG, said to move: acTL, and a frame that is never shown. */
function animatedPng(png: Buffer): Buffer {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2, 0);
  return Buffer.concat([png.subarray(0, 33), pngChunk('acTL', control), png.subarray(33)]);
}

type Colour = readonly [number, number, number];

/** CIE L*a*b* (D65) of numbers in Display P3: SMPTE EG 432-1 primaries, sRGB's curve. */
function labOfP3(numbers: Colour): Colour {
  const [r, g, b] = numbers.map((value) => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const x = 0.4865709 * r + 0.2656677 * g + 0.1982173 * b;
  const y = 0.2289746 * r + 0.6917385 * g + 0.0792869 * b;
  const z = 0.0451134 * g + 1.0439444 * b;
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function deltaE(a: Colour, b: Colour): number {
  const [one, other] = [labOfP3(a), labOfP3(b)];
  return Math.hypot(...one.map((value, i) => value - (other[i] ?? 0)));
}

describe('colours that sRGB does not have', () => {
  const WIDE: readonly Colour[] = [
    [255, 0, 0],
    [0, 255, 0],
    [255, 120, 0],
    [20, 230, 90],
    [128, 128, 128],
  ];

  async function patch(colour: Colour, width = 64, height = 48): Promise<Raw> {
    const data = Buffer.alloc(width * height * 3);
    for (let at = 0; at < data.length; at += 3) data.set(colour, at);
    return { data, width, height };
  }

  async function middleOf(bytes: Buffer): Promise<Colour> {
    const { data, width, height } = await rawOf(bytes);
    const at = ((height >> 1) * width + (width >> 1)) * 3;
    return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
  }

  async function demandColour(file: Buffer, colour: Colour, what: string) {
    const { files } = await render(file);
    for (const bytes of files) {
      const { icc } = await sharp(bytes).metadata();
      assert.ok(icc, `${what} keeps a profile`);
      const difference = deltaE(await middleOf(bytes), colour);
      assert.ok(difference < 3, `${what} ${colour}: ΔE ${difference}`);
    }
  }

  it('stay what they are: as JPEG, PNG, AVIF and HEIC, by a profile or by numbers', async () => {
    const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const { icc: profile = assert.fail() } = await sharp(pixel).metadata();
    for (const colour of WIDE) {
      const raw = await patch(colour);
      // Its numbers as they are, with the profile put on them.
      const tagged = sharp(
        pngWithProfile(await picture(raw).png().toBuffer(), profile),
      ).keepIccProfile();
      await demandColour(await tagged.clone().png().toBuffer(), colour, 'PNG');
      await demandColour(
        await tagged.clone().jpeg({ quality: 97, chromaSubsampling: '4:4:4' }).toBuffer(),
        colour,
        'JPEG',
      );
      const parts = await avifParts(raw);
      const size = { width: 64, height: 48 };
      await demandColour(makeHeif({ ...parts, ...size, colour: [12, 13, 6] }), colour, 'AVIF nclx');
    }
    for (const colour of [profile, [12, 13, 1] as const]) {
      const { large } = await render(heic({ colour }));
      await demandSame(large, GRADIENT, 5, 'HEIC');
      for (const bytes of large) assert.ok((await sharp(bytes).metadata()).icc);
    }
  });
});

function pngWithProfile(png: Buffer, profile: Buffer): Buffer {
  const chunk = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('p3\0\0', 'latin1'), deflateSync(profile)]),
  );
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

function bitsApart(a: string | null, b: string | null): number {
  assert.ok(a !== null && b !== null);
  const bits = BigInt.asUintN(64, BigInt(a) ^ BigInt(b));
  return bits.toString(2).replaceAll('0', '').length;
}

describe('the perceptual hash', () => {
  it('is near for the same picture, far for another, and fits a signed number of 64 bits', async () => {
    const texture = (seed: number): Raw => {
      const raw = gradient(400, 300);
      for (let at = 0; at < raw.data.length; at += 1) {
        const [x, y] = [Math.floor(at / 3) % 400, Math.floor(at / 1200)];
        raw.data[at] = 128 + 100 * Math.sin((x * seed) / 40) * Math.cos((y * (seed + 2)) / 60);
      }
      return raw;
    };
    const hash = async (bytes: Buffer) => (await render(bytes)).rendered.phash;
    const one = await hash(await picture(texture(1)).png().toBuffer());
    const smaller = await hash(
      await picture(texture(1)).resize(200, 150).jpeg({ quality: 60 }).toBuffer(),
    );
    const other = await hash(await picture(texture(3)).png().toBuffer());
    assert.ok(bitsApart(one, smaller) <= 6, `${bitsApart(one, smaller)} bits`);
    assert.ok(bitsApart(one, other) >= 16, `${bitsApart(one, other)} bits`);
    for (const value of [one, smaller, other]) {
      assert.match(value ?? '', /^-?\d{1,19}$/);
      assert.equal(BigInt.asIntN(64, BigInt(value ?? '')).toString(), value);
    }
  });
});

describe('metadata', () => {
  /** What exiftool finds in files that were served; null where there is none. */
  async function askExiftool(files: readonly Buffer[]): Promise<string[] | null> {
    const folder = await mkdtemp(join(tmpdir(), 'aperto-served-'));
    try {
      const paths = files.map((_, index) => join(folder, `${index}.bin`));
      await Promise.all(paths.map((path, index) => writeFile(path, files[index] ?? '')));
      return foundByExiftool(paths);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('is in no served file, whatever the original is full of', async (t) => {
    const [jpeg, png] = [await loadedJpeg(), await loadedPng()];
    for (const word of WORDS) {
      // zTXt is compressed.
      const isThere = [jpeg, png].some((file) => file.includes(word)) || word === 'Words in zTXt';
      assert.ok(isThere, `the test’s own picture says ${word}`);
    }
    assert.ok(['exif', 'gps', 'xmp', 'iptc'].every((group) => foundMetadata(jpeg).includes(group)));
    const exif = Buffer.from(`II*\0\x08\0\0\0\0\0${WORDS.join()}`, 'latin1');
    const all: Buffer[] = [];
    for (const original of [jpeg, png, heic({ exif })]) {
      const { files } = await render(original);
      all.push(...files);
      for (const bytes of files) {
        assert.deepEqual(foundMetadata(bytes), []);
        for (const word of WORDS) assert.ok(!bytes.includes(word), word);
      }
    }
    const found = await askExiftool(all);
    if (found) assert.deepEqual(found, []);
    else t.diagnostic('no exiftool here: only one reader has looked');
  });

  it('is in no served file of the sample photos', {
    skip: samplePhotos().length === 0 && 'no samples here',
  }, async () => {
    const all: Buffer[] = [];
    for (const path of [...samplePhotos(), samplePhoto('phone.heic') ?? assert.fail()]) {
      const { files } = await render(await readFile(path));
      all.push(...files);
      for (const bytes of files) {
        assert.deepEqual(foundMetadata(bytes), [], path);
        const texts = profileTexts(bytes).join(' ');
        assert.ok(!/serial|camera|apple/i.test(texts), texts);
      }
    }
    assert.deepEqual((await askExiftool(all)) ?? [], []);
  });
});
