import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { ErrorCode } from '../../api/errors.ts';
import { askUpload } from '../../api/media.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { demandRefusal, Refused } from '../client.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { type HeldClock, holdClock, openTestServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;

before(async () => {
  server = await openTestServer();
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  for (const person of [alice, bob]) person.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function demand(answer: Response, code: ErrorCode): Promise<void> {
  const { error } = demandRefusal(null, answer.status, await answer.json());
  assert.equal(error.code, code, error.message);
}

const jpeg = (bytes: Buffer): TestPicture => ({ name: 'x.jpg', type: 'image/jpeg', bytes });

/** Uploads what claims to be a picture and confirms it; gives what the server says. */
async function confirmed(of: TestPicture) {
  const [grant] = await alice.upload(of);
  assert.ok(grant);
  const error = await refusal(alice.confirm([grant]));
  assert.equal(error.details.upload_id, grant.upload_id, 'it says which one');
  return error;
}

test('bytes that are not the announced ones are refused, and what was announced still fits', async () => {
  const photo = colourPicture();
  const [grant] = await alice.announce(photo);
  assert.ok(grant);
  const { bytes } = photo;
  const changed = Buffer.from(bytes);
  changed[bytes.length - 5] = (changed[bytes.length - 5] ?? 0) ^ 1;
  await demand(await alice.put(grant, bytes.subarray(1)), 'size_mismatch');
  await demand(await alice.put(grant, Buffer.concat([bytes, Buffer.of(0)])), 'size_mismatch');
  await demand(await alice.put(grant, Buffer.alloc(0)), 'size_mismatch');
  await demand(await alice.put(grant, changed), 'checksum_mismatch');
  for (const type of ['image/png', 'text/html']) {
    await demand(await alice.put(grant, bytes, { 'content-type': type }), 'signature_invalid');
  }
  assert.equal((await refusal(alice.confirm([grant]))).code, 'upload_incomplete');
  assert.equal((await alice.put(grant, bytes)).status, 200);
  assert.equal((await alice.put(grant, bytes)).status, 200, 'a second time is no harm');
  await alice.published(alice.confirm([grant]));
  assert.deepEqual(await readdir(join(server.dataDir, 'blobs', 'tmp')), []);
});

test('an address is good for what it was signed for and nothing else', async () => {
  const photo = colourPicture();
  const [grant, other] = await alice.announce(photo, colourPicture());
  assert.ok(grant && other);
  const url = new URL(grant.url, server.url);
  const change = (name: string, value: string) => {
    const changed = new URL(url);
    changed.searchParams.set(name, value);
    return { ...grant, url: changed.pathname + changed.search };
  };
  const far = String(Number(url.searchParams.get('expires')) + 3600);
  const otherPath = new URL(other.url, server.url).pathname + url.search;
  for (const forged of [
    change('expires', far),
    change('size', '1'),
    change('type', 'image/png'),
    change('checksum', 'b'.repeat(64)),
    change('signature', 'x'.repeat(43)),
    { ...grant, url: otherPath },
    { ...grant, url: url.pathname },
    { ...grant, url: `${url.pathname}/../x${url.search}` },
    { ...grant, url: `${url.pathname}${url.search}&size=${photo.bytes.length}` },
  ]) {
    await demand(await alice.put(forged, photo.bytes), 'signature_invalid');
  }
  const got = await fetch(url);
  await demand(got, 'not_found');
  assert.equal((await fetch(new URL(`/media/${url.pathname.slice(9)}`, url))).status, 404);
});

test('after five minutes an address has expired', async () => {
  const clock = holdClock();
  const held = await openTestServer({ clock });
  try {
    await outlive(held, clock);
  } finally {
    await held.stop();
  }
});

async function outlive(held: TestServer, clock: HeldClock): Promise<void> {
  const { carol } = await cast(held.url, 'carol');
  const photo = colourPicture();
  const [grant, other] = await carol.announce(photo, photo);
  assert.ok(grant && other);
  const leftMs = Date.parse(grant.expires_at) - clock.millis();
  assert.ok(leftMs > 290_000 && leftMs <= 300_000, `${leftMs} ms`);
  clock.advance(leftMs - 1);
  assert.equal((await carol.put(grant, photo.bytes)).status, 200);
  clock.advance(1);
  await demand(await carol.put(other, photo.bytes), 'signature_expired');
  // The clock has jumped past the time for which this process may make ids: 503, until it has renewed that.
  const next = async () => (await refused(carol.announce(photo))) === null;
  await until(next, 'ids can be made again');
  assert.equal((await refusal(carol.confirm([other]))).code, 'upload_incomplete');
  await carol.published(carol.confirm([grant]));
  carol.leave();
}

/** The code of a refusal that goes away by itself, or null. */
async function refused(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    assert.ok(error instanceof Refused && error.status === 503, String(error));
    assert.ok(Number(error.headers.get('retry-after')) >= 1);
    return error.code;
  }
}

test('confirming what is not there, is used, or is somebody else’s', async () => {
  const [grant] = await alice.announce(colourPicture());
  assert.ok(grant);
  const early = await refusal(alice.confirm([grant]));
  assert.deepEqual([early.code, early.details.upload_id], ['upload_incomplete', grant.upload_id]);
  const [mine] = await alice.upload(colourPicture());
  assert.ok(mine);
  const theirs = await refusal(bob.confirm([mine]));
  assert.equal(theirs.code, 'upload_not_found', 'as if it did not exist');
  const post = await alice.published(alice.confirm([mine]));
  assert.equal((await refusal(alice.confirm([mine]))).code, 'upload_used');
  assert.equal((await refusal(bob.confirm([mine]))).code, 'upload_not_found');
  const mixed = await alice.upload(colourPicture());
  assert.equal((await refusal(alice.confirm([...mixed, mine]))).code, 'upload_used');
  await alice.published(alice.confirm(mixed));
  assert.equal((await alice.see(post)).status, 'published');
  const twice = await refusal(alice.confirm([mine, mine]));
  assert.deepEqual(twice.fields, ['body.upload_ids']);
});

test('twenty requests to confirm one upload at once make one post', async () => {
  const grants = await alice.upload(colourPicture());
  const before = (await alice.profile()).posts_count;
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => alice.confirm(grants)));
  const made = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const codes = all.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  assert.equal(made.length, 1);
  assert.deepEqual(codes, Array(19).fill('upload_used'));
  await alice.published(made[0] ?? assert.fail());
  assert.equal((await alice.profile()).posts_count, before + 1);
});

test('kinds of files that are not taken are refused before any byte is sent', async () => {
  const file = { size: 10, checksum_sha256: 'a'.repeat(64) };
  for (const content_type of ['text/plain', 'image/tiff', 'image/svg+xml', 'image/JPEG', 'x', '']) {
    const files = [{ ...file, content_type }];
    const error = await refusal(alice.api(askUpload, { body: { files } }));
    assert.equal(error.code, 'media_unsupported', content_type);
  }
  for (const size of [0, -1, 200_000_001, 1.5]) {
    const files = [{ ...file, content_type: 'image/jpeg', size }];
    const error = await refusal(alice.api(askUpload, { body: { files } }));
    assert.deepEqual(error.fields, ['body.files.0.size'], String(size));
  }
});

/** A PNG whose header promises so many pixels, and that has next to none. */
function pngBomb(width: number, height: number, data = deflateSync(Buffer.alloc(1000))): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const chunks = [chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

test('files that are no pictures, or none that can be shown, are refused by what is in them', async () => {
  const whole = await picture(gradient(300, 200)).jpeg().toBuffer();
  const blank = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'teal' } });
  const png = (bytes: Buffer): TestPicture => ({ name: 'x.png', type: 'image/png', bytes });
  const cases: [what: string, file: TestPicture, code: ErrorCode][] = [
    ['text', jpeg(Buffer.from('This is no picture at all, only a text.')), 'media_type_mismatch'],
    ['one byte', jpeg(Buffer.of(0xff)), 'media_type_mismatch'],
    ['noise', jpeg(randomBytes(5000)), 'media_type_mismatch'],
    ['a page', jpeg(Buffer.from('<html><script>alert(1)</script>')), 'media_type_mismatch'],
    ['a PNG called JPEG', jpeg(await blank(50, 50).png().toBuffer()), 'media_type_mismatch'],
    ['a JPEG called PNG', png(whole), 'media_type_mismatch'],
    ['a JPEG cut in half', jpeg(whole.subarray(0, whole.length / 2)), 'media_broken'],
    ['a JPEG without its end', jpeg(whole.subarray(0, -2)), 'media_broken'],
    ['the head of a JPEG', jpeg(whole.subarray(0, 20)), 'media_broken'],
    ['1 × 30000', png(await blank(1, 30_000).png().toBuffer()), 'media_bad_dimensions'],
    ['30000 × 20', jpeg(await blank(30_000, 20).jpeg().toBuffer()), 'media_bad_dimensions'],
    ['60 MP', jpeg(await blank(10_000, 6000).jpeg().toBuffer()), 'media_too_many_pixels'],
    ['a PNG bomb', png(pngBomb(2_000_000_000, 2_000_000_000)), 'media_too_many_pixels'],
  ];
  const codes: [string, ErrorCode][] = [];
  for (const [what, file] of cases) codes.push([what, (await confirmed(file)).code]);
  assert.deepEqual(
    codes,
    cases.map(([what, , code]) => [what, code]),
  );
});

test('what is right in form and broken inside ends as failed, with a reason, and shows to nobody', async () => {
  const bomb: TestPicture = { name: 'bomb.png', type: 'image/png', bytes: pngBomb(7000, 7000) };
  const post = await alice.processed(await alice.post(bomb));
  assert.equal(post.status, 'failed');
  assert.equal(post.failure?.code, 'media_broken');
  assert.ok(post.failure.message);
  assert.equal((await refusal(bob.see(post))).code, 'post_not_found');
  for (const list of [await alice.wholeFeed(), (await alice.grid()).map((one) => one.post_id)]) {
    assert.ok(!list.includes(post.post_id));
  }
  await alice.delete(post);
  assert.equal((await refusal(alice.see(post))).code, 'post_not_found');
});

test('a carousel whose second picture is bad makes no post, and its good pictures stay free', async () => {
  const good = colourPicture();
  const grants = await alice.upload(good, jpeg(Buffer.from('not a picture, just words in a file')));
  const before = (await alice.profile()).posts_count;
  const error = await refusal(alice.confirm(grants));
  assert.deepEqual(
    [error.code, error.details.upload_id],
    ['media_type_mismatch', grants[1]?.upload_id],
  );
  await alice.published(alice.confirm(grants.slice(0, 1)));
  assert.equal((await alice.profile()).posts_count, before + 1);
});
