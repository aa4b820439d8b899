import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { refusalBeforeDecoding } from './check.ts';
import { sniff, storedSize } from './picture-header.ts';

const text = (value: string) => new TextEncoder().encode(value);
const plain = sharp({
  create: { width: 123, height: 45, channels: 3, background: '#abc' },
});

for (const [format, options] of [
  ['jpeg', {}],
  ['jpeg', { progressive: true }],
  ['png', {}],
  ['webp', {}],
  ['webp', { lossless: true }],
] as const) {
  test(`${format} ${JSON.stringify(options)}: kind and size from the header`, async () => {
    const bytes = await plain.clone().toFormat(format, options).toBuffer();
    const type = `image/${format}` as const;
    assert.deepEqual(sniff(bytes), { kind: 'picture', type });
    assert.deepEqual(storedSize(bytes, type), { width: 123, height: 45 });
  });
}

test('a JPEG with metadata before its frame', async () => {
  const bytes = await plain
    .clone()
    .withExif({ IFD0: { Copyright: 'x'.repeat(5000) } })
    .jpeg()
    .toBuffer();
  assert.deepEqual(storedSize(bytes, 'image/jpeg'), { width: 123, height: 45 });
});

test('an extended WebP', async () => {
  const bytes = await plain
    .clone()
    .withExif({ IFD0: { Copyright: 'me' } })
    .webp()
    .toBuffer();
  assert.deepEqual(storedSize(bytes, 'image/webp'), { width: 123, height: 45 });
});

test('what is not a picture of ours has a kind of its own', () => {
  const box = (brands: string) => text(`\0\0\0\x18ftyp${brands}`);
  assert.equal(sniff(box('heic\0\0\0\0mif1heic')).kind, 'heic');
  assert.equal(sniff(box('mif1\0\0\0\0mif1avif')).kind, 'avif');
  assert.equal(sniff(box('isom\0\0\0\0mp42avc1')).kind, 'video');
  assert.equal(sniff(text('GIF89a')).kind, 'gif');
  assert.equal(sniff(text('<?xml version="1.0"?><svg/>')).kind, 'svg');
  assert.equal(sniff(text('hello')).kind, 'unknown');
  assert.equal(sniff(text('')).kind, 'empty');
});

test('a header that is cut or nonsense gives no size, and never throws', async () => {
  const bytes = await plain.clone().jpeg().toBuffer();
  for (let length = 3; length < 160; length++) storedSize(bytes.subarray(0, length), 'image/jpeg');
  assert.equal(storedSize(text('\xff\xd8nonsense, and then some'), 'image/jpeg'), null);
  assert.equal(storedSize(text('RIFFxxxxWEBPVP9 xxxxxxxxxxxxxxxxxxx'), 'image/webp'), null);
});

test('limits are known before anything is sent', () => {
  const picture = { kind: 'picture', type: 'image/png' } as const;
  const small = { width: 10, height: 10 };
  assert.equal(refusalBeforeDecoding(picture, 1000, small), null);
  assert.equal(refusalBeforeDecoding(picture, 200_000_001, small), 'too_large');
  assert.equal(
    refusalBeforeDecoding(picture, 1, { width: 10_000, height: 5001 }),
    'too_many_pixels',
  );
  assert.equal(refusalBeforeDecoding({ kind: 'heic' }, 1, null), 'heic');
});
