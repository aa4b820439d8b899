import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { isTooLong, refusalBeforeDecoding } from './check.ts';
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

test('films, animations and the rest are told by their first bytes', () => {
  const box = (brands: string) => text(`\0\0\0\x18ftyp${brands}`);
  assert.deepEqual(sniff(box('heic\0\0\0\0mif1heic')), { kind: 'picture', type: 'image/heic' });
  assert.deepEqual(sniff(box('mif1\0\0\0\0mif1avif')), { kind: 'picture', type: 'image/avif' });
  assert.deepEqual(sniff(box('isom\0\0\0\0mp42avc1')), { kind: 'video', type: 'video/mp4' });
  assert.deepEqual(sniff(box('qt  \0\0\0\0qt  ')), { kind: 'video', type: 'video/quicktime' });
  const matroska = (kind: string) =>
    new Uint8Array([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x82, 0x84, ...text(kind)]);
  assert.deepEqual(sniff(matroska('webm')), { kind: 'video', type: 'video/webm' });
  assert.equal(sniff(matroska('matroska')).kind, 'unknown');
  assert.deepEqual(sniff(text('GIF89a')), { kind: 'picture', type: 'image/gif' });
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
  assert.equal(refusalBeforeDecoding({ kind: 'svg' }, 1, null), 'svg');
  const film = { kind: 'video', type: 'video/mp4' } as const;
  assert.equal(refusalBeforeDecoding(film, 200_000_001, null), 'too_large');
  assert.deepEqual([600.4, 600.5].map(isTooLong), [false, true]);
});

test('a GIF, an AVIF and a HEIC, upright', async () => {
  const gif = await plain.clone().gif().toBuffer();
  assert.deepEqual(storedSize(gif, 'image/gif'), { width: 123, height: 45 });
  const avif = await plain.clone().avif({ effort: 0 }).toBuffer();
  assert.deepEqual(storedSize(avif, 'image/avif'), { width: 123, height: 45 });
  const box = (name: string, body: readonly number[]) => [
    ...[0, 0, 0, 8 + body.length],
    ...text(name),
    ...body,
  ];
  const size = (width: number, height: number) =>
    box('ispe', [0, 0, 0, 0, 0, 0, width >> 8, width & 255, 0, 0, height >> 8, height & 255]);
  const tiles = [...size(512, 512), ...size(4032, 3024), ...size(320, 240)];
  const upright = { width: 4032, height: 3024 };
  const pad = new Array<number>(24).fill(0);
  assert.deepEqual(storedSize(new Uint8Array([...tiles, ...pad]), 'image/heic'), upright);
  const turned = new Uint8Array([...tiles, ...box('irot', [3]), ...pad]);
  assert.deepEqual(storedSize(turned, 'image/heic'), { width: 3024, height: 4032 });
  assert.equal(storedSize(new Uint8Array(pad), 'image/heic'), null);
});
