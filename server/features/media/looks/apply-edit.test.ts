import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import sharp from 'sharp';
import type { MediaId } from '../../../../api/ids.ts';
import { LOOKS } from '../../../../api/limits.ts';
import type { Edit } from '../../../../api/looks.ts';
import { openPictureStore } from '../../../../test/picture-store.ts';
import { gradient, meanDifference, picture } from '../../../../test/pictures.ts';
import { samplePhoto } from '../../../../test/sample-data.ts';
import { renderPicture } from '../render.ts';
import { applyEdit } from './apply-edit.ts';

let count = 0;
const store = await openPictureStore();
const { blobs, sandbox } = store;
after(() => store.close());

/** The large rendition of a file, and what it is told by. */
async function render(original: Buffer, edit: Edit | null) {
  count += 1;
  const prefix = `local/0a/${count}`;
  await blobs.write(`${prefix}/original.jpg`, original);
  const rendered = await renderPicture(
    { blobs, sandbox },
    { originalKey: `${prefix}/original.jpg`, crop: null, edit, prefix, name: '7' as MediaId },
  );
  const bytes = await blobs.read(rendered.renditions.large.jpeg);
  return { rendered, bytes };
}

const rawOf = async (bytes: Buffer) =>
  await sharp(bytes, { ignoreIcc: true }).removeAlpha().raw().toBuffer();

describe('an edit', () => {
  it('reaches every rendition, the placeholder and the colour, and leaves the original', async () => {
    const raw = gradient(1200, 900);
    const original = await picture(raw).png().toBuffer();
    const edit: Edit = { look: 'ink', brightness: 0.2, vignette: 0.8 };
    const plain = await render(original, null);
    const edited = await render(original, edit);
    const expected = await rawOf(plain.bytes);
    applyEdit(expected, plain.rendered.renditions.large, 3, edit);
    const found = await rawOf(edited.bytes);
    assert.ok(meanDifference(found, expected) < 3, `${meanDifference(found, expected)}`);
    const [red, green] = [found[300], found[301]];
    assert.ok(Math.abs((red ?? 0) - (green ?? 255)) < 6, 'ink is black and white');
    assert.notEqual(edited.rendered.thumbhash, plain.rendered.thumbhash);
    assert.match(edited.rendered.dominantColor, /^#(..)\1\1$/);
    for (const name of ['medium', 'thumbnail'] as const) {
      const { channels } = await sharp(
        await blobs.read(edited.rendered.renditions[name].webp),
      ).stats();
      const [r, g, b] = channels.map(({ mean }) => mean);
      assert.ok(Math.abs((r ?? 0) - (b ?? 0)) < 3 && Math.abs((r ?? 0) - (g ?? 0)) < 3, name);
    }
    assert.deepEqual(await blobs.read(`local/0a/${count}/original.jpg`), original);
  });

  it('that says nothing makes the same files as none', async () => {
    const original = await picture(gradient(300, 200)).jpeg().toBuffer();
    const [plain, empty] = [await render(original, null), await render(original, { vignette: 0 })];
    assert.deepEqual(empty.bytes, plain.bytes);
  });

  it('is done to grey, see-through and 16-bit pictures too', async () => {
    const raw = gradient(64, 48);
    const originals = {
      grey: await picture(raw).greyscale().toColourspace('b-w').jpeg().toBuffer(),
      clear: await picture(raw).ensureAlpha(0.5).png().toBuffer(),
      deep: await picture(raw).toColourspace('rgb16').png().toBuffer(),
    };
    for (const [kind, original] of Object.entries(originals)) {
      const { bytes } = await render(original, { brightness: -1, look: 'amber' });
      const plain = await render(original, null);
      const mean = async (file: Buffer) => (await sharp(file).stats()).channels[0]?.mean ?? 0;
      assert.ok((await mean(bytes)) < (await mean(plain.bytes)) - 10, kind);
    }
  });

  const wide = samplePhoto('wide-gamut-p3.jpg');
  it('keeps wide colours wide', { skip: !wide && 'no sample here' }, async () => {
    const original = await sharp(wide ?? '')
      .resize(400)
      .keepIccProfile()
      .jpeg()
      .toBuffer();
    const edit: Edit = { look: 'meadow', warmth: 0.3 };
    const plain = await render(original, null);
    const { bytes } = await render(original, edit);
    const [before, after] = [await sharp(plain.bytes).metadata(), await sharp(bytes).metadata()];
    assert.ok(before.icc && after.icc);
    assert.deepEqual(after.icc, before.icc);
    const expected = await rawOf(plain.bytes);
    applyEdit(expected, plain.rendered.renditions.large, 3, edit);
    assert.ok(meanDifference(await rawOf(bytes), expected) < 3);
  });

  it('has a look for each of the twelve, no two alike', () => {
    const { data, width, height } = gradient(80, 60);
    const results = LOOKS.map((look) => {
      const pixels = Uint8Array.from(data);
      applyEdit(pixels, { width, height }, 3, { look });
      return pixels;
    });
    for (const [i, one] of results.entries()) {
      assert.ok(meanDifference(one, data) > 1.5, `${LOOKS[i]} does something`);
      for (const other of results.slice(0, i)) assert.ok(meanDifference(one, other) > 1.5);
    }
  });
});
