import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import sharp from 'sharp';
import { thumbHashToAverageRGBA } from 'thumbhash';
import type { MediaId } from '../../../api/ids.ts';
import type { Crop } from '../../../api/new-media.ts';
import { openPictureStore } from '../../../test/picture-store.ts';
import { gradient, meanDifference, picture } from '../../../test/pictures.ts';
import { samplePhoto, samplePhotos } from '../../../test/sample-data.ts';
import { Problem } from '../../kernel/problem.ts';
import { renderAvatar } from './avatar.ts';
import { croppedArea } from './crop.ts';
import { readServedKey } from './keys.ts';
import { renderPicture } from './render.ts';

let count = 0;
const store = await openPictureStore();
const { root, blobs, sandbox } = store;
after(() => store.close());

/** Renders a file as the picture of a post of its own. */
async function render(original: Buffer, crop: Crop | null = null) {
  count += 1;
  const prefix = `local/0a/${count}`;
  const originalKey = `${prefix}/original.jpg`;
  await blobs.write(originalKey, original);
  const rendered = await renderPicture(
    { blobs, sandbox },
    {
      originalKey,
      crop,
      prefix,
      name: '7' as MediaId,
    },
  );
  const files = await Promise.all(
    Object.entries(rendered.renditions).flatMap(([name, rendition]) =>
      (['jpeg', 'webp'] as const).map(async (format) => ({
        name,
        format,
        rendition,
        key: rendition[format],
        bytes: await blobs.read(rendition[format]),
      })),
    ),
  );
  return { rendered, files, prefix };
}

type Files = Awaited<ReturnType<typeof render>>['files'];

function pick(files: Files, name: string, format: 'jpeg' | 'webp'): Buffer {
  const found = files.find((file) => file.name === name && file.format === format);
  assert.ok(found);
  return found.bytes;
}

async function rawOf(bytes: Buffer): Promise<Buffer> {
  return await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();
}

async function meansOf(bytes: Buffer): Promise<number[]> {
  const { channels } = await sharp(bytes).stats();
  return channels.map((channel) => channel.mean);
}

function close(found: readonly number[], expected: readonly number[], within: number): void {
  const far = expected.some((value, i) => Math.abs(value - (found[i] ?? Number.NaN)) > within);
  assert.ok(!far && found.length === expected.length, `${found} is not near ${expected}`);
}

/** That every file is what its rendition says, and holds nothing but a picture. */
async function checkFiles({ rendered, files }: Awaited<ReturnType<typeof render>>) {
  assert.equal(files.length, 6);
  for (const { name, format, rendition, key, bytes } of files) {
    const what = `${name} ${format}`;
    const metadata = await sharp(bytes).metadata();
    assert.equal(metadata.format, format, what);
    assert.deepEqual([metadata.width, metadata.height], [rendition.width, rendition.height], what);
    for (const kind of ['exif', 'xmp', 'iptc', 'orientation', 'comments'] as const) {
      assert.equal(metadata[kind], undefined, `${what} has ${kind}`);
    }
    for (const trace of ['Exif', 'EXIF', 'http://ns.adobe.com/xap', 'XMP ', 'GPS', 'Photoshop']) {
      assert.equal(bytes.indexOf(trace), -1, `${what} holds ${trace}`);
    }
    const read = readServedKey(key);
    assert.equal(read?.contentType, `image/${format}`, `the edge serves ${key}`);
  }
  const { large, medium, thumbnail } = rendered.renditions;
  assert.ok(large.width <= 1080 && large.height <= 1350);
  assert.ok(medium.width <= 640 && medium.height <= 800);
  assert.equal(thumbnail.width, thumbnail.height);
  const shape = rendered.width / rendered.height;
  for (const { width, height } of [large, medium]) {
    // Whole pixels: the shorter side is at most half of one off.
    assert.ok(Math.abs(width - height * shape) <= Math.max(1, shape) * 0.75, `${width}×${height}`);
  }
  assert.match(rendered.dominantColor, /^#[0-9a-f]{6}$/);
  assert.ok(Buffer.from(rendered.thumbhash, 'base64').length >= 5);
}

describe('rendering', () => {
  it('makes three sizes in two formats, the sizes that a feed shows', async () => {
    const sizes = async (width: number, height: number) => {
      const original = await sharp({
        create: { width, height, channels: 3, background: '#336699' },
      })
        .jpeg()
        .toBuffer();
      const result = await render(original);
      await checkFiles(result);
      assert.deepEqual([result.rendered.width, result.rendered.height], [width, height]);
      const { large, medium, thumbnail } = result.rendered.renditions;
      return [large, medium, thumbnail].map((r) => `${r.width}×${r.height}`).join(' ');
    };
    assert.equal(await sizes(2400, 3000), '1080×1350 640×800 150×150');
    assert.equal(await sizes(3000, 3000), '1080×1080 640×640 150×150');
    assert.equal(await sizes(4000, 2250), '1080×608 640×360 150×150');
    assert.equal(await sizes(2250, 4000), '759×1350 450×800 150×150');
    assert.equal(await sizes(1080, 1350), '1080×1350 640×800 150×150');
  });

  it('never enlarges', async () => {
    const small = await picture(gradient(20, 20)).png().toBuffer();
    const tiny = await render(small);
    await checkFiles(tiny);
    for (const { width, height } of Object.values(tiny.rendered.renditions)) {
      assert.deepEqual([width, height], [20, 20]);
    }
    const flat = await render(await picture(gradient(400, 100)).png().toBuffer());
    const { large, thumbnail } = flat.rendered.renditions;
    assert.deepEqual([large.width, large.height], [400, 100]);
    assert.deepEqual([thumbnail.width, thumbnail.height], [100, 100]);
  });

  it('shows every orientation upright, whole and cropped', async () => {
    const crop = { x: 0.1, y: 0.2, width: 0.55, height: 0.35 };
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const stored = picture(gradient(120, 80)).withMetadata({ orientation });
      const format = orientation % 2 ? 'png' : 'jpeg';
      const original = await stored.toFormat(format, { quality: 95 }).toBuffer();
      const upright = await sharp(original).autoOrient().png().toBuffer();
      const { width, height } = await sharp(upright).metadata();
      const whole = await render(original);
      assert.deepEqual([whole.rendered.width, whole.rendered.height], [width, height]);
      const found = await rawOf(pick(whole.files, 'large', 'jpeg'));
      assert.ok(meanDifference(found, await rawOf(upright)) < 5, `orientation ${orientation}`);

      const cut = await render(original, crop);
      const area = croppedArea({ width, height }, crop);
      const expected = await sharp(upright).extract(area).removeAlpha().raw().toBuffer();
      const foundCut = await rawOf(pick(cut.files, 'large', 'jpeg'));
      assert.deepEqual([cut.rendered.width, cut.rendered.height], [area.width, area.height]);
      assert.ok(meanDifference(foundCut, expected) < 5, `orientation ${orientation}, cropped`);
    }
  });

  it('gives the same keys and no more files when it runs again', async () => {
    const original = await picture(gradient(300, 200)).jpeg().toBuffer();
    const first = await render(original);
    const before = await readdir(join(root, first.prefix));
    const again = await renderPicture(
      { blobs, sandbox },
      {
        originalKey: `${first.prefix}/original.jpg`,
        crop: null,
        prefix: first.prefix,
        name: '7' as MediaId,
      },
    );
    assert.deepEqual(again, first.rendered);
    assert.deepEqual(await readdir(join(root, first.prefix)), before);
    assert.equal(before.length, 7);
  });

  it('tells the colour that most of a picture has, and its average in the thumbhash', async () => {
    const original = await sharp({
      create: { width: 300, height: 200, channels: 3, background: '#c02040' },
    })
      .composite([
        {
          input: { create: { width: 100, height: 200, channels: 3, background: '#2040c0' } },
          left: 0,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
    const { rendered } = await render(original);
    assert.equal(rendered.dominantColor, '#c02040');
    const { r, g, b, a } = thumbHashToAverageRGBA(Buffer.from(rendered.thumbhash, 'base64'));
    close([r * 255, g * 255, b * 255, a], [139, 43, 107, 1], 20);
  });

  it('puts white behind what is transparent in a JPEG, and keeps it in a WebP', async () => {
    const clear = { r: 255, g: 0, b: 0, alpha: 0 };
    const original = await sharp({
      create: { width: 200, height: 200, channels: 4, background: clear },
    })
      .png()
      .toBuffer();
    const { files, rendered } = await render(original);
    for (const name of ['large', 'medium', 'thumbnail']) {
      close(await meansOf(pick(files, name, 'jpeg')), [255, 255, 255], 1);
      const means = await meansOf(pick(files, name, 'webp'));
      assert.equal(means[3], 0);
    }
    assert.equal(rendered.dominantColor, '#ffffff');
  });

  it('reads grey, CMYK, 16-bit, palette, interlaced and animated files', async () => {
    const base = picture(gradient(200, 160));
    const expected = await meansOf(await base.clone().png().toBuffer());
    const kinds: [string, Buffer, number][] = [
      // Inks cannot print this blue as it was.
      ['CMYK', await base.clone().toColourspace('cmyk').jpeg().toBuffer(), 25],
      ['16 bits', await base.clone().toColourspace('rgb16').png().toBuffer(), 3],
      ['palette', await base.clone().png({ palette: true, dither: 0 }).toBuffer(), 5],
      ['interlaced', await base.clone().png({ progressive: true }).toBuffer(), 3],
      ['lossless', await base.clone().webp({ lossless: true }).toBuffer(), 3],
    ];
    for (const [name, original, within] of kinds) {
      const result = await render(original);
      await checkFiles(result);
      for (const file of result.files.filter((f) => f.name !== 'thumbnail')) {
        assert.equal((await sharp(file.bytes).metadata()).space, 'srgb', name);
        close((await meansOf(file.bytes)).slice(0, 3), expected, within);
      }
    }
    const grey = await render(await base.clone().greyscale().jpeg().toBuffer());
    await checkFiles(grey);
    const [mean] = await meansOf(await base.clone().greyscale().png().toBuffer());
    for (const value of await meansOf(pick(grey.files, 'large', 'webp'))) {
      assert.ok(Math.abs(value - (mean ?? 0)) < 3);
    }
    const frames = await sharp(Buffer.concat([Buffer.alloc(30_000, 255), Buffer.alloc(30_000)]), {
      raw: { width: 100, height: 200, channels: 3, pageHeight: 100 },
    })
      .webp({ loop: 0, delay: [100, 100] })
      .toBuffer();
    assert.equal((await sharp(frames).metadata()).pages, 2);
    const still = await render(frames);
    assert.deepEqual([still.rendered.width, still.rendered.height], [100, 100]);
    close(await meansOf(pick(still.files, 'large', 'jpeg')), [255, 255, 255], 1);
  });
});

describe('colours', () => {
  it('keeps what Display P3 has beyond sRGB', async () => {
    const tagged = await picture(gradient(64, 64)).withIccProfile('p3').png().toBuffer();
    // The reddest red of P3: a colour that sRGB does not have.
    const red = await sharp(tagged)
      .keepIccProfile()
      .linear([0, 0, 0], [255, 0, 0])
      .png()
      .toBuffer();
    const { files, rendered } = await render(red);
    for (const { bytes, name, format } of files) {
      const metadata = await sharp(bytes).metadata();
      assert.ok(metadata.icc, `${name} ${format} has a profile`);
      const numbers = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
      close([...numbers.subarray(0, 3)], [255, 0, 0], 4);
    }
    assert.equal(rendered.dominantColor, '#ff0000');
  });

  it('applies other profiles, and leaves none of them in the file', async () => {
    const { width, height, data } = gradient(64, 64);
    // As an odd camera would: a profile whose numbers are not those of sRGB, but no wider.
    const original = await picture({ width, height, data })
      .withIccProfile('srgb')
      .jpeg()
      .toBuffer();
    const { files } = await render(original);
    for (const { bytes } of files) assert.equal((await sharp(bytes).metadata()).icc, undefined);
    const found = await rawOf(pick(files, 'large', 'jpeg'));
    assert.ok(meanDifference(found, data) < 5);
  });

  const path = samplePhoto('wide-gamut-p3.jpg');
  it('shows a phone photo in Display P3 as it is', {
    skip: !path && 'no sample here',
  }, async () => {
    const original = await readFile(path ?? '');
    const { files } = await render(original);
    const reference = sharp(original).resize(1080, 1350, { fit: 'inside' });
    const inSrgb = await meansOf(await reference.clone().png().toBuffer());
    const inP3 = await meansOf(await reference.clone().keepIccProfile().png().toBuffer());
    // Otherwise a profile that was dropped would not be noticed.
    assert.ok(inSrgb.some((mean, i) => Math.abs(mean - (inP3[i] ?? 0)) > 3));
    for (const format of ['jpeg', 'webp'] as const) {
      const bytes = pick(files, 'large', format);
      close(await meansOf(await sharp(bytes).toColourspace('srgb').png().toBuffer()), inSrgb, 2);
      const numbers = await sharp(bytes, { ignoreIcc: true }).png().toBuffer();
      close(await meansOf(numbers), inP3, 2);
    }
  });
});

describe('sample photos', () => {
  const photos = samplePhotos();
  it('come out right', { skip: photos.length === 0 && 'no sample photos here' }, async () => {
    for (const path of photos) {
      const original = await readFile(path);
      const result = await render(original);
      await checkFiles(result);
      const upright = sharp(original).autoOrient();
      const { autoOrient } = await upright.metadata();
      const { width, height } = result.rendered;
      assert.deepEqual({ width, height }, autoOrient, basename(path));
      const expected = await upright
        .resize(32, 32, { fit: 'fill' })
        .toColourspace('srgb')
        .raw()
        .toBuffer();
      for (const { bytes, name, format } of result.files) {
        if (name === 'thumbnail') continue;
        // By way of PNG, because a WebP would be made smaller while it is read, which is less exact.
        const exact = await sharp(bytes).png().toBuffer();
        const found = await sharp(exact).resize(32, 32, { fit: 'fill' }).raw().toBuffer();
        const difference = meanDifference(found, expected);
        assert.ok(difference < 3, `${basename(path)} ${name} ${format} is ${difference} off`);
      }
    }
  });

  const phone = samplePhoto('phone-rotated-gps.jpg');
  it('lose every word that their metadata said', { skip: !phone && 'no sample here' }, async () => {
    const original = await readFile(phone ?? '');
    const { exif, xmp } = await sharp(original).metadata();
    const said = [exif, xmp].flatMap(
      (part) => part?.toString('latin1').match(/[A-Za-z0-9][A-Za-z0-9 ._:/-]{6,}/g) ?? [],
    );
    assert.ok(said.length > 5);
    const { files, rendered } = await render(original);
    assert.ok(rendered.height > rendered.width, 'upright');
    for (const { bytes, key } of files) {
      for (const words of said) assert.equal(bytes.indexOf(words), -1, `${key} says ${words}`);
    }
  });
});

describe('damaged and hostile files', () => {
  const breaks = (original: Buffer) =>
    assert.rejects(render(original), (error) => {
      assert.ok(error instanceof Problem, String(error));
      assert.ok(['media_broken', 'media_unsupported'].includes(error.code), error.code);
      return true;
    });

  it('are told apart from pictures, and leave no files', async () => {
    const base = picture(gradient(400, 300));
    const jpeg = await base.clone().jpeg().toBuffer();
    const png = await base.clone().png().toBuffer();
    const webp = await base.clone().webp().toBuffer();
    const end = Buffer.from([0xff, 0xd9]);
    await breaks(Buffer.from('not a picture at all'));
    await breaks(Buffer.alloc(0));
    for (const part of [0.3, 0.6, 0.95]) {
      for (const bytes of [jpeg, png, webp]) {
        await breaks(bytes.subarray(0, Math.floor(bytes.length * part)));
      }
      // Whole by its structure, but half of its lines are missing.
      await breaks(Buffer.concat([jpeg.subarray(0, Math.floor(jpeg.length * part)), end]));
    }
    const flipped = Buffer.from(png);
    flipped.fill(0x55, png.length >> 1, (png.length >> 1) + 50);
    await breaks(flipped);
    assert.deepEqual(
      (await readdir(join(root, `local/0a/${count}`))).filter(
        (name) => !name.startsWith('original'),
      ),
      [],
    );
  });

  it('are not confused with odd ones that have all their pixels', async () => {
    const jpeg = await picture(gradient(400, 300)).jpeg({ progressive: true }).toBuffer();
    const firstScan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const next = jpeg.indexOf(Buffer.from([0xff, 0xc4]), firstScan);
    const odd = Buffer.concat([jpeg.subarray(0, next), Buffer.alloc(5), jpeg.subarray(next)]);
    // So odd that the strict reader complains.
    await assert.rejects(sharp(odd, { failOn: 'warning' }).raw().toBuffer(), /extraneous/);
    await checkFiles(await render(odd));
  });

  it('do not get to fill the memory', async () => {
    const bomb = Buffer.from(await picture(gradient(32, 32)).png().toBuffer());
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    await breaks(bomb);
    const many = await sharp({
      create: { width: 10_000, height: 6_000, channels: 3, background: '#000000' },
    })
      .jpeg()
      .toBuffer();
    await breaks(many);
  });

  it('are not read in formats that we do not take', async () => {
    const base = picture(gradient(64, 64));
    await breaks(await base.clone().tiff().toBuffer());
    await breaks(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  });
});

describe('profile pictures', () => {
  it('are squares of 640 and 150 pixels, or of what there is', async () => {
    const make = async (width: number, height: number) => {
      count += 1;
      const originalKey = `local/0b/${count}/original.jpg`;
      const file = picture(gradient(width, height)).withMetadata({ orientation: 6 }).jpeg();
      await blobs.write(originalKey, await file.toBuffer());
      const avatar = await renderAvatar(
        { blobs, sandbox },
        { originalKey, prefix: `local/0b/${count}` },
      );
      const sizes: string[] = [];
      for (const [name, key] of Object.entries(avatar)) {
        const metadata = await sharp(await blobs.read(key)).metadata();
        assert.equal(metadata.format, name.endsWith('webp') ? 'webp' : 'jpeg');
        assert.equal(metadata.exif, undefined);
        assert.equal(readServedKey(key)?.postId, null, key);
        sizes.push(`${metadata.width}×${metadata.height}`);
      }
      return sizes.join(' ');
    };
    assert.equal(await make(1600, 1000), '150×150 150×150 640×640 640×640');
    assert.equal(await make(300, 200), '150×150 150×150 200×200 200×200');
    assert.equal(await make(40, 30), '30×30 30×30 30×30 30×30');
  });
});
