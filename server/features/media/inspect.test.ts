import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { ErrorCode } from '../../../api/errors.ts';
import { gradient, picture } from '../../../test/pictures.ts';
import { samplePhotos } from '../../../test/sample-data.ts';
import { Problem } from '../../kernel/problem.ts';
import { inspectPicture } from './inspect.ts';
import type { PictureType } from './keys.ts';

/** In chunks of an odd size, so that everything also lies across their borders. */
function inspect(bytes: Buffer, type: PictureType, chunk = 997) {
  const chunks = function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  return inspectPicture(async () => Readable.from(chunks()), type, { upload_id: '7' });
}

async function refuses(bytes: Buffer, type: PictureType, code: ErrorCode, message = /./) {
  await assert.rejects(inspect(bytes, type), (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.equal(error.details?.upload_id, '7');
    return true;
  });
}

const base = picture(gradient(120, 80));
const jpeg = await base.clone().jpeg().toBuffer();
const progressive = await base.clone().jpeg({ progressive: true }).toBuffer();
const moz = await base.clone().jpeg({ mozjpeg: true }).toBuffer();
const png = await base.clone().png().toBuffer();
const webp = await base.clone().webp().toBuffer();
const lossless = await base.clone().webp({ lossless: true }).toBuffer();
const extended = await base
  .clone()
  .webp()
  .withExif({ IFD0: { Artist: 'a' } })
  .toBuffer();

const WHOLE: [string, Buffer, PictureType][] = [
  ['JPEG', jpeg, 'image/jpeg'],
  ['progressive JPEG', progressive, 'image/jpeg'],
  ['mozjpeg', moz, 'image/jpeg'],
  ['PNG', png, 'image/png'],
  ['interlaced PNG', await base.clone().png({ progressive: true }).toBuffer(), 'image/png'],
  ['palette PNG', await base.clone().png({ palette: true }).toBuffer(), 'image/png'],
  ['WebP', webp, 'image/webp'],
  ['lossless WebP', lossless, 'image/webp'],
  ['extended WebP', extended, 'image/webp'],
];

describe('inspecting whole pictures', () => {
  for (const [name, bytes, type] of WHOLE) {
    it(`knows the size of a ${name}`, async () => {
      for (const chunk of [1, 7, 65_536]) {
        assert.deepEqual(await inspect(bytes, type, chunk), { width: 120, height: 80 });
      }
    });
  }

  it('gives the size of the upright picture, in every format and orientation', async () => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const turned = base.clone().withMetadata({ orientation });
      const upright = orientation < 5 ? { width: 120, height: 80 } : { width: 80, height: 120 };
      const files: [Buffer, PictureType][] = [
        [await turned.clone().jpeg().toBuffer(), 'image/jpeg'],
        [await turned.clone().png().toBuffer(), 'image/png'],
        [await turned.clone().webp().toBuffer(), 'image/webp'],
      ];
      for (const [bytes, type] of files) {
        assert.deepEqual(await inspect(bytes, type), upright, `${type} ${orientation}`);
        // As the decoder sees it.
        const { autoOrient } = await sharp(bytes).metadata();
        assert.deepEqual(await inspect(bytes, type), autoOrient, `${type} ${orientation}`);
      }
    }
  });

  it('does not mind what phones put behind a picture', async () => {
    const film = Buffer.concat([jpeg, Buffer.from('ftypmp42'), Buffer.alloc(5000, 0xff)]);
    assert.deepEqual(await inspect(film, 'image/jpeg'), { width: 120, height: 80 });
    const second = Buffer.concat([jpeg, jpeg]);
    assert.deepEqual(await inspect(second, 'image/jpeg'), { width: 120, height: 80 });
    const webpAndMore = Buffer.concat([webp, Buffer.from('more')]);
    assert.deepEqual(await inspect(webpAndMore, 'image/webp'), { width: 120, height: 80 });
  });

  it('reads on behind restart markers', async () => {
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const parts = [
      jpeg.subarray(0, scan + 60),
      Buffer.from([0xff, 0xd3, 0x12, 0xff, 0x00]),
      jpeg.subarray(scan + 60),
    ];
    const marked = Buffer.concat(parts);
    assert.deepEqual(await inspect(marked, 'image/jpeg'), { width: 120, height: 80 });
    await refuses(marked.subarray(0, -2), 'image/jpeg', 'media_broken', /ends too early/);
  });

  it('does not take the preview inside EXIF for the picture', async () => {
    const preview = await sharp(jpeg).resize(16, 16).jpeg().toBuffer();
    const segment = Buffer.concat([Buffer.from('Exif\0\0'), preview]);
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(segment.length + 2, 2);
    const bytes = Buffer.concat([jpeg.subarray(0, 2), head, segment, jpeg.subarray(2)]);
    assert.deepEqual(await inspect(bytes, 'image/jpeg'), { width: 120, height: 80 });
  });
});

describe('inspecting sample photos', () => {
  const photos = samplePhotos();
  it('finds each right, and each cut one broken', {
    skip: photos.length === 0 ? 'no sample photos here' : false,
  }, async () => {
    for (const path of photos) {
      const { autoOrient } = await sharp(path).metadata();
      const found = await inspectPicture(async () => createReadStream(path), 'image/jpeg');
      assert.deepEqual(found, autoOrient, basename(path));
      const bytes = await readFile(path);
      for (const part of [0.01, 0.3, 0.5, 0.9, 0.999]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        await refuses(cut, 'image/jpeg', 'media_broken', /ends too early/);
      }
      await refuses(bytes.subarray(0, -1), 'image/jpeg', 'media_broken', /ends too early/);
    }
  });
});

describe('refusing files', () => {
  it('that were cut anywhere', async () => {
    for (const [name, bytes, type] of WHOLE) {
      const step = Math.max(1, Math.floor(bytes.length / 200));
      for (let length = 16; length < bytes.length; length += step) {
        const cut = bytes.subarray(0, length);
        await assert.rejects(
          inspect(cut, type),
          (error) => error instanceof Problem && error.code === 'media_broken',
          `${name} of ${bytes.length} bytes, cut at ${length}`,
        );
      }
      await refuses(bytes.subarray(0, -1), type, 'media_broken', /ends too early/);
    }
  });

  it('that are not what they were announced as, by what they are', async () => {
    const kinds: [Buffer, RegExp][] = [
      [Buffer.from('hello, I am a text'), /image\/jpeg, but .* none of the pictures and videos/],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /image\/svg\+xml/],
      [Buffer.from('<!doctype html><script>'), /text\/html/],
      [Buffer.from(''), /none/],
      [Buffer.from('\xff\xd8', 'latin1'), /none/],
      [png, /image\/png/],
      [webp, /image\/webp/],
      [Buffer.from('GIF89a\0\0\0\0\0\0\0\0\0\0'), /image\/gif/],
      [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'), /image\/heic/],
      [Buffer.from('\0\0\0\x18ftypavif\0\0\0\0'), /image\/avif/],
      [Buffer.from('\0\0\0\x18ftypisom\0\0\0\0'), /video\/mp4/],
      [Buffer.from('%PDF-1.7 and so on'), /pdf/],
    ];
    for (const [bytes, message] of kinds) {
      await refuses(bytes, 'image/jpeg', 'media_type_mismatch', message);
    }
    await refuses(jpeg, 'image/png', 'media_type_mismatch', /image\/png, but .* image\/jpeg/);
  });

  it('that have too many pixels, naming the figures', async () => {
    const large = await sharp({
      create: { width: 10_000, height: 6_000, channels: 3, background: '#333333' },
    })
      .jpeg()
      .toBuffer();
    await refuses(large, 'image/jpeg', 'media_too_many_pixels', /10000 × 6000 .*60\.0 .*50/);
    const bomb = Buffer.from(png);
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    await refuses(bomb, 'image/png', 'media_too_many_pixels');
    const canvas = Buffer.from(extended);
    canvas.writeUIntLE(0xffffff, 24, 3);
    canvas.writeUIntLE(0xffffff, 27, 3);
    await refuses(canvas, 'image/webp', 'media_too_many_pixels');
  });

  it('that are lines or dots', async () => {
    const line = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#333333' } })
        .jpeg()
        .toBuffer();
    const message = /1 × 30000 pixels/;
    await refuses(await line(1, 30_000), 'image/jpeg', 'media_bad_dimensions', message);
    await refuses(await line(30_000, 1), 'image/jpeg', 'media_bad_dimensions');
    await refuses(await line(15, 15), 'image/jpeg', 'media_bad_dimensions', /at least 16/);
    await refuses(await line(2001, 100), 'image/jpeg', 'media_bad_dimensions', /20 times/);
    const most = { width: 2000, height: 100 };
    assert.deepEqual(await inspect(await line(2000, 100), 'image/jpeg'), most);
    const least = { width: 16, height: 16 };
    assert.deepEqual(await inspect(await line(16, 16), 'image/jpeg'), least);
  });

  it('that contradict themselves', async () => {
    const zero = Buffer.from(png);
    zero.writeUInt32BE(0, 16);
    await refuses(zero, 'image/png', 'media_broken', /0/);
    const noHeader = Buffer.from(png);
    noHeader.write('IDAT', 12, 'latin1');
    await refuses(noHeader, 'image/png', 'media_broken', /IHDR/);
    const endless = Buffer.from(png);
    endless.writeUInt32BE(0xffffffff, 33);
    await refuses(endless, 'image/png', 'media_broken', /longer/);
    const onlyEnds = Buffer.from('\xff\xd8\xff\xd9aaaaaaaaaaaaaaaa', 'latin1');
    await refuses(onlyEnds, 'image/jpeg', 'media_broken', /no picture/);
    const wrongChunk = Buffer.from(webp);
    wrongChunk.write('JUNK', 12, 'latin1');
    await refuses(wrongChunk, 'image/webp', 'media_broken');
    const longer = Buffer.from(webp);
    longer.writeUInt32LE(webp.readUInt32LE(4) + 100, 4);
    await refuses(longer, 'image/webp', 'media_broken', /ends too early/);
  });

  it('of kinds of JPEG that nobody can show', async () => {
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const arrange = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(jpeg);
      change(bytes);
      return bytes;
    };
    const twelveBits = arrange((b) => b.writeUInt8(12, frame + 4));
    await refuses(twelveBits, 'image/jpeg', 'media_unsupported', /8 bits/);
    const noHeight = arrange((b) => b.writeUInt16BE(0, frame + 5));
    await refuses(noHeight, 'image/jpeg', 'media_unsupported', /height/);
    const losslessJpeg = arrange((b) => b.writeUInt8(0xc3, frame + 1));
    await refuses(losslessJpeg, 'image/jpeg', 'media_unsupported', /lossless/);
    const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    const scans = Buffer.concat(Array.from({ length: 100 }, () => scan));
    const bomb = Buffer.concat([jpeg.subarray(0, -2), scans, jpeg.subarray(-2)]);
    await refuses(bomb, 'image/jpeg', 'media_unsupported', /scans/);
  });

  it('lets go of the file, whatever it found', async () => {
    const opened: Readable[] = [];
    const remember = (bytes: Buffer) => async () => {
      // More than is looked at, so that the end of the stream does not close it.
      const stream = Readable.from([
        bytes,
        ...Array.from({ length: 50 }, () => Buffer.alloc(9999)),
      ]);
      opened.push(stream);
      return stream;
    };
    await inspectPicture(remember(jpeg), 'image/jpeg');
    await assert.rejects(inspectPicture(remember(png), 'image/jpeg'));
    const losslessJpeg = Buffer.from(jpeg);
    losslessJpeg.writeUInt8(0xc3, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 1);
    await assert.rejects(inspectPicture(remember(losslessJpeg), 'image/jpeg'));
    assert.deepEqual(new Set(opened.map((stream) => stream.destroyed)), new Set([true]));
  });

  it('without ever failing in another way, whatever bytes are changed', async () => {
    // A fixed generator (Park and Miller), so that a failure can be repeated.
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 0x7fffffff;
      return seed % below;
    };
    for (const [name, bytes, type] of WHOLE) {
      for (let round = 0; round < 300; round += 1) {
        const mutant = Buffer.from(bytes);
        const at: number[] = [];
        for (let i = 0; i <= random(4); i += 1) {
          // Mostly in the first part, where the structure is.
          at.push(random(random(2) ? 64 : mutant.length));
          mutant[at.at(-1) ?? 0] = random(256);
        }
        await inspect(mutant, type).catch((error) => {
          assert.ok(error instanceof Problem, `${name} changed at ${at}: ${error}`);
        });
      }
    }
  });
});
