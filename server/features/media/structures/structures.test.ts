import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import type { ErrorCode } from '../../../../api/errors.ts';
import { animatedGif, stillGif } from '../../../../test/gifs.ts';
import { avifParts, GRADIENT, type HeifWish, makeHeif } from '../../../../test/heif.ts';
import { HEVC_GRADIENT } from '../../../../test/hevc-gradient.ts';
import { gradient, picture } from '../../../../test/pictures.ts';
import { samplePhoto } from '../../../../test/sample-data.ts';
import { Problem } from '../../../kernel/problem.ts';
import { inspectPicture } from '../inspect.ts';
import type { PictureType } from '../keys.ts';

/** In chunks of an odd size, so that everything also lies across their borders. */
function inspect(bytes: Buffer, type: PictureType, chunk = 997) {
  const chunks = function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  };
  return inspectPicture(async () => Readable.from(chunks()), type);
}

async function refuses(bytes: Buffer, type: PictureType, code: ErrorCode, message = /./) {
  await assert.rejects(inspect(bytes, type), (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
    return true;
  });
}

const heic = (wish: Partial<HeifWish> = {}) =>
  makeHeif({ coding: 'hvc1', ...HEVC_GRADIENT.eightBits, width: 64, height: 48, ...wish });
const avif = await picture(gradient(120, 80)).avif({ effort: 0 }).toBuffer();

describe('HEIF', () => {
  it('tells its size in every way that it may be turned, and its EXIF turns nothing', async () => {
    const exif = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0', 'latin1');
    for (const turns of [0, 1, 2, 3]) {
      for (const mirror of [undefined, 0, 1] as const) {
        const wish = { turns, exif, ...(mirror === undefined ? {} : { mirror }) };
        const upright = turns % 2 ? { width: 48, height: 64 } : { width: 64, height: 48 };
        for (const chunk of [1, 50_000]) {
          assert.deepEqual(await inspect(heic(wish), 'image/heic', chunk), upright);
        }
        const turned = makeHeif({ ...(await avifParts(GRADIENT)), width: 64, height: 48, ...wish });
        assert.deepEqual(await inspect(turned, 'image/avif'), upright);
      }
    }
    assert.deepEqual(await inspect(heic(), 'image/heif'), { width: 64, height: 48 });
  });

  it('of other writers is read too', async () => {
    assert.deepEqual(await inspect(avif, 'image/avif'), { width: 120, height: 80 });
    const clear = sharp({ create: { width: 50, height: 40, channels: 4, background: '#f008' } });
    const bytes = await clear.avif({ effort: 0 }).toBuffer();
    assert.deepEqual(await inspect(bytes, 'image/avif'), { width: 50, height: 40 });
  });

  const path = samplePhoto('phone.heic');
  it('of a phone is whole, or ends too early', { skip: !path && 'no sample here' }, async () => {
    const bytes = await readFile(path ?? '');
    assert.deepEqual(await inspect(bytes, 'image/heic'), { width: 3264, height: 2448 });
    for (const part of [0.05, 0.5, 0.95]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part));
      await refuses(cut, 'image/heic', 'media_broken', /ends too early/);
    }
  });

  it('does not mind what stands behind it', async () => {
    const film = Buffer.concat([heic(), Buffer.from('sefd and more words'), Buffer.alloc(99, 255)]);
    assert.deepEqual(await inspect(film, 'image/heic'), { width: 64, height: 48 });
  });

  it('that promises more than there is, or is coded otherwise, is refused', async () => {
    await refuses(heic({ promised: 1 }), 'image/heic', 'media_broken', /ends too early/);
    await refuses(heic({ promised: 2 ** 31 }), 'image/heic', 'media_broken', /ends too early/);
    await refuses(heic({ width: 60_000, height: 60_000 }), 'image/heic', 'media_too_many_pixels');
    await refuses(heic({ width: 0 }), 'image/heic', 'media_broken', /0/);
    const other = heic();
    other.write('jpeg', other.indexOf('hvc1'), 'latin1');
    await refuses(other, 'image/heic', 'media_unsupported', /coded as "jpeg"/);
    await refuses(heic(), 'image/avif', 'media_type_mismatch', /image\/avif, .* image\/heic/);
    await refuses(avif, 'image/heic', 'media_type_mismatch', /image\/heic, .* image\/avif/);
    for (const name of ['meta', 'pitm', 'iinf', 'iloc', 'iprp', 'ipco', 'ipma', 'ispe']) {
      const without = heic();
      without.write('free', without.indexOf(name), 'latin1');
      await refuses(without, 'image/heic', 'media_broken');
    }
  });
});

describe('GIF', () => {
  it('that stands still is a picture; one that moves tells its frames and seconds', async () => {
    const still = stillGif(40, 30);
    for (const chunk of [1, 7, 9999]) {
      assert.deepEqual(await inspect(still, 'image/gif', chunk), { width: 40, height: 30 });
    }
    const moving = animatedGif({ width: 40, height: 30, frames: 5, delay: 20 });
    assert.deepEqual(await inspect(moving, 'image/gif'), {
      width: 40,
      height: 30,
      animation: { frames: 5, seconds: 1 },
    });
    const hasty = animatedGif({ width: 40, height: 30, frames: 3, delay: 0 });
    const { animation } = await inspect(hasty, 'image/gif');
    assert.ok(Math.abs((animation?.seconds ?? 0) - 0.3) < 1e-9, 'as browsers show it');
    const other = await sharp(await picture(gradient(99, 77)).png().toBuffer())
      .gif()
      .toBuffer();
    assert.deepEqual(await inspect(other, 'image/gif'), { width: 99, height: 77 });
  });

  it('of too many frames is refused, and so is what GIF does not know', async () => {
    const many = animatedGif({ width: 16, height: 16, frames: 2001, delay: 4 });
    await refuses(many, 'image/gif', 'media_too_many_pixels', /2000 frames/);
    const large = animatedGif({ width: 5000, height: 5000, frames: 41, delay: 4 });
    await refuses(large, 'image/gif', 'media_too_many_pixels', /megapixels together/);
    const odd = stillGif(40, 30);
    odd[odd.length - 1] = 0x77;
    await refuses(odd, 'image/gif', 'media_broken', /block/);
    const none = Buffer.concat([stillGif(40, 30).subarray(0, 19), Buffer.from([0x3b])]);
    await refuses(none, 'image/gif', 'media_broken', /no picture/);
  });
});

describe('every format', () => {
  it('cut at every twentieth is refused as ending too early', async () => {
    const base = picture(gradient(240, 160));
    const files: [PictureType, Buffer][] = [
      ['image/jpeg', await base.clone().jpeg().toBuffer()],
      ['image/jpeg', await base.clone().jpeg({ progressive: true }).toBuffer()],
      ['image/png', await base.clone().png().toBuffer()],
      ['image/webp', await base.clone().webp().toBuffer()],
      ['image/avif', avif],
      ['image/heic', heic({ exif: Buffer.alloc(100) })],
      ['image/gif', stillGif(40, 30)],
      ['image/gif', animatedGif({ width: 40, height: 30, frames: 5, delay: 20 })],
    ];
    for (const [type, bytes] of files) {
      await inspect(bytes, type);
      for (let part = 1; part < 20; part += 1) {
        const cut = bytes.subarray(0, Math.max(32, Math.floor((bytes.length * part) / 20)));
        await refuses(cut, type, 'media_broken', /ends too early/);
      }
      await refuses(bytes.subarray(0, -1), type, 'media_broken', /ends too early/);
    }
  });
});
