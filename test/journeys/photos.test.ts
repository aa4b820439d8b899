import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { Media, Rendition } from '../../api/media.ts';
import type { Post } from '../../api/posts.ts';
import { cast, type Person } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { meanDifference, photos, SECRETS, type TestPicture } from '../pictures.ts';
import { openTestServer, type TestServer } from '../server.ts';

let server: TestServer;
let alice: Person;
/** Every photo, and the post that was made of it. */
const shown = new Map<TestPicture, Post>();

before(async () => {
  server = await openTestServer();
  ({ alice } = await cast(server.url, 'alice'));
});
after(async () => {
  alice.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('every photo is published, upright, in three sizes and two formats', async () => {
  const all = await photos();
  assert.ok(all.length >= 4);
  const sent: [TestPicture, Post][] = [];
  for (const photo of all) sent.push([photo, await alice.post(photo, { caption: photo.name })]);
  for (const [photo, post] of sent) shown.set(photo, await alice.published(post));
  for (const [photo, post] of shown) await demandUpright(photo, onlyMedia(post));
});

function onlyMedia(post: Post): Media & { sizes: NonNullable<Media['sizes']> } {
  const [media, ...more] = post.media;
  assert.ok(media?.sizes);
  assert.equal(more.length, 0);
  return { ...media, sizes: media.sizes };
}

async function demandUpright(
  photo: TestPicture,
  { width, height, sizes }: ReturnType<typeof onlyMedia>,
) {
  const { autoOrient } = await sharp(photo.bytes).metadata();
  assert.deepEqual([width, height], [autoOrient.width, autoOrient.height], photo.name);
  const { large, medium, thumbnail } = sizes;
  assert.deepEqual(
    [large.width, medium.width, thumbnail.width, thumbnail.height],
    [Math.min(width, large.width), Math.min(width, medium.width), 150, 150],
  );
  assert.ok(large.width <= 1080 && medium.width <= 640);
  for (const rendition of [large, medium]) {
    const ratio = rendition.width / rendition.height;
    assert.ok(Math.abs(ratio / (width / height) - 1) < 0.01, `${photo.name} keeps its form`);
    for (const address of [rendition.url, rendition.webp]) {
      const difference = await compare(photo, rendition, await bytesAt(address));
      // A picture on its side or in other colours is 40 and more away.
      assert.ok(difference < 8, `${photo.name} ${address}: ${difference}`);
    }
  }
}

/** How far a rendition is from the photo as a browser would show it. */
async function compare(photo: TestPicture, { width, height }: Rendition, bytes: Buffer) {
  const [expected, found] = await Promise.all(
    [
      sharp(photo.bytes).autoOrient().resize(width, height, { fit: 'fill' }).removeAlpha().raw(),
      sharp(bytes).removeAlpha().raw(),
    ].map((picture) => picture.toBuffer()),
  );
  assert.ok(expected && found);
  return meanDifference(found, expected);
}

async function bytesAt(address: string): Promise<Buffer> {
  const answer = await fetch(server.url + address);
  assert.equal(answer.status, 200, address);
  return Buffer.from(await answer.arrayBuffer());
}

const addresses = (post: Post) =>
  Object.values(onlyMedia(post).sizes).flatMap(({ url, webp }) => [url, webp]);

/** Texts of some length that stand in the EXIF, XMP or IPTC data of a photo. */
async function hiddenTexts(photo: TestPicture): Promise<string[]> {
  const { exif, xmp, iptc } = await sharp(photo.bytes).metadata();
  const hidden = [exif, xmp, iptc].flatMap((part) => (part ? [part.toString('latin1')] : []));
  const texts = hidden.flatMap((text) => text.match(/[\x20-\x7e]{10,}/g) ?? []);
  return [...texts.map((text) => text.trim()), ...SECRETS].filter((text) => text.length > 9);
}

const MARKS = ['Exif', 'EXIF', 'XMP ', '<x:xmpmeta', 'ns.adobe.com/xap', 'Photoshop 3.0', 'GPS'];

test('no served byte tells where, when, with what or by whom a photo was taken', async () => {
  let sought = 0;
  for (const [photo, post] of shown) {
    const hidden = await hiddenTexts(photo);
    sought += hidden.filter((text) => photo.bytes.includes(text, 0, 'latin1')).length;
    for (const address of addresses(post)) {
      const bytes = await bytesAt(address);
      for (const text of [...MARKS, ...hidden]) {
        assert.ok(!bytes.includes(text, 0, 'latin1'), `${photo.name} ${address}: ${text}`);
      }
      const { exif, xmp, iptc, orientation } = await sharp(bytes).metadata();
      assert.deepEqual([exif, xmp, iptc], [undefined, undefined, undefined]);
      assert.ok(orientation === undefined || orientation === 1);
    }
  }
  assert.ok(sought > 0, 'there was something to hide');
});

test('the originals stay private', async () => {
  for (const post of shown.values()) {
    const { url } = onlyMedia(post).sizes.large;
    const folder = url.slice(0, url.lastIndexOf('/'));
    for (const name of ['original.jpg', 'original.png', 'original.webp', '', '..']) {
      const answer = await fetch(`${server.url}${folder}/${name}`);
      demandRefusal(null, answer.status, await answer.json());
      assert.equal(answer.status, 404);
    }
  }
});

test('renditions are served so that they can be kept, resumed, and never run', async () => {
  const [post] = shown.values();
  assert.ok(post);
  for (const address of addresses(post)) {
    const whole = await fetch(server.url + address, { headers: { 'accept-encoding': 'br, gzip' } });
    const bytes = Buffer.from(await whole.arrayBuffer());
    const etag = whole.headers.get('etag') ?? '';
    const expected = {
      'content-type': address.endsWith('.webp') ? 'image/webp' : 'image/jpeg',
      'cache-control': 'public, max-age=2592000, immutable',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'content-encoding': null,
      'set-cookie': null,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(whole.headers.get(name), value, name);
    }
    assert.ok(address.includes(etag.slice(1, -1)) && etag.length === 18, 'named by its content');
    assert.match(whole.headers.get('content-security-policy') ?? '', /default-src 'none'/);

    const known = await fetch(server.url + address, { headers: { 'if-none-match': etag } });
    assert.equal(known.status, 304);
    assert.equal((await known.arrayBuffer()).byteLength, 0);

    const middle = Math.floor(bytes.length / 2);
    const parts = await Promise.all(
      [`bytes=0-${middle - 1}`, `bytes=${middle}-`].map(async (range) => {
        const part = await fetch(server.url + address, { headers: { range } });
        assert.equal(part.status, 206);
        return Buffer.from(await part.arrayBuffer());
      }),
    );
    assert.deepEqual(Buffer.concat(parts), bytes);
    const beyond = await fetch(server.url + address, { headers: { range: 'bytes=99999999-' } });
    assert.equal(beyond.status, 416);
    await beyond.arrayBuffer();
  }
});
