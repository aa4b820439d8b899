import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestHouse, type TestHouse } from '../../../../test/context.ts';
import { type ClipWish, makeClip, turnClip } from '../../../../test/videos.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { Ffmpeg } from '../../../ports/ffmpeg/ffmpeg.ts';
import type { VideoType } from '../keys.ts';
import { probeVideo } from './probe.ts';

let house: TestHouse;
let ffmpeg: Ffmpeg;
/** The same film, its index behind and before the film, and as WebM. */
const clips: [VideoType, Buffer][] = [];

before(async () => {
  house = await openTestHouse();
  assert.ok(house.ctx.ffmpeg);
  ffmpeg = house.ctx.ffmpeg;
  const fast = ['-movflags', '+faststart'];
  clips.push(['video/mp4', await bytesOf({})]);
  clips.push(['video/mp4', await bytesOf({ extra: fast })]);
  clips.push(['video/quicktime', await bytesOf({ name: 'clip.mov' })]);
  clips.push(['video/webm', await bytesOf({ name: 'clip.webm' })]);
});
after(() => house.close());

const bytesOf = async (wish: ClipWish) => (await makeClip(ffmpeg, wish)).bytes;

function probe(bytes: Buffer, type: VideoType = 'video/mp4') {
  const read = async (start: number, end: number) => bytes.subarray(start, end);
  return probeVideo(read, bytes.length, type, { upload_id: '7' });
}

/** What it refuses a file with, in bounded time. */
async function fault(bytes: Buffer, type?: VideoType): Promise<Problem> {
  const found = await probe(bytes, type).then(
    () => assert.fail('it was taken'),
    (error: unknown) => error,
  );
  assert.ok(found instanceof Problem, String(found));
  assert.equal(found.details?.upload_id, '7');
  return found;
}

const codeOf = async (bytes: Buffer, type?: VideoType) => (await fault(bytes, type)).code;

test('films of every container say what they are', async () => {
  for (const [type, bytes] of clips) {
    const { width, height, duration, frameRate, audioIndex } = await probe(bytes, type);
    assert.deepEqual([width, height, audioIndex], [192, 108, 0], type);
    assert.ok(Math.abs(duration - 2) < 0.2 && Math.abs(frameRate - 10) < 0.5, type);
  }
});

test('a film that was held upright is upright', async () => {
  const turned = await turnClip(ffmpeg, await makeClip(ffmpeg), 90);
  const { width, height } = await probe(turned.bytes);
  assert.deepEqual([width, height], [108, 192]);
});

test('one that was cut anywhere is refused', async () => {
  for (const [type, bytes] of clips) {
    for (let part = 1; part < 20; part += 1) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 20));
      assert.equal(await codeOf(cut, type), 'media_broken', `${type}, ${part} of 20`);
    }
    assert.equal(await codeOf(bytes.subarray(0, bytes.length - 1), type), 'media_broken', type);
  }
});

test('the content decides, not the announced type', async () => {
  const [, mp4] = clips[0] ?? [];
  const [, webm] = clips[3] ?? [];
  assert.ok(mp4 && webm);
  assert.equal(await codeOf(mp4, 'video/webm'), 'media_type_mismatch');
  assert.match((await fault(webm, 'video/mp4')).message, /its content is (video\/)?webm/i);
  const playlist = Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/passwd\n');
  const concat = Buffer.from('ffconcat version 1.0\nfile /etc/passwd\n');
  for (const other of [
    playlist,
    concat,
    Buffer.alloc(0),
    Buffer.alloc(100),
    Buffer.from('<html>'),
  ]) {
    assert.equal(await codeOf(other), 'media_type_mismatch');
  }
});

test('sound alone, stills and odd forms are refused', async () => {
  const audio = await makeClip(ffmpeg, { extra: ['-vn'] });
  assert.equal(await codeOf(audio.bytes), 'media_unsupported');
  assert.equal(await codeOf(await bytesOf({ size: '1024x32' })), 'media_bad_dimensions');
  assert.equal(await codeOf(await bytesOf({ size: '64x8' })), 'media_bad_dimensions');
  assert.equal(
    await codeOf(await bytesOf({ name: 'clip.mp4', extra: ['-c:v', 'mjpeg'] })),
    'media_unsupported',
  );
});

test('ten minutes are the longest', async () => {
  const long = (seconds: number) => bytesOf({ seconds, size: '32x32', rate: 1, hasAudio: false });
  assert.ok((await probe(await long(600))).duration <= 600);
  const { code, message } = await fault(await long(605));
  assert.equal(code, 'media_too_long');
  assert.match(message, /10:05/);
});

/** The bytes of a box's body, to be written to. */
function boxOf(bytes: Buffer, type: string): Buffer {
  const at = bytes.indexOf(type, 0, 'latin1');
  assert.ok(at > 0, type);
  return bytes.subarray(at + 4);
}

test('absurd figures in the index are refused before anybody makes room for them', async () => {
  const [, mp4] = clips[0] ?? [];
  assert.ok(mp4);
  const absurd: [string, (bytes: Buffer) => void][] = [
    ['a billion frames', (bytes) => boxOf(bytes, 'stsz').writeUInt32BE(1e9, 8)],
    [
      'a billion frames of one size',
      (bytes) => {
        boxOf(bytes, 'stsz').writeUInt32BE(1, 4);
        boxOf(bytes, 'stsz').writeUInt32BE(1e9, 8);
      },
    ],
    ['a run of two billion frames', (bytes) => boxOf(bytes, 'stts').writeUInt32BE(2e9, 8)],
    ['a billion runs', (bytes) => boxOf(bytes, 'stts').writeUInt32BE(1e9, 4)],
    ['a billion chunks', (bytes) => boxOf(bytes, 'stco').writeUInt32BE(1e9, 4)],
    ['no time at all', (bytes) => boxOf(bytes, 'stts').writeUInt32BE(0, 12)],
    ['an index within itself', (bytes) => boxOf(bytes, 'trak').writeUInt32BE(0, 0)],
  ];
  for (const [what, spoil] of absurd) {
    const bytes = Buffer.from(mp4);
    spoil(bytes);
    const before = process.memoryUsage.rss();
    const { code } = await fault(bytes);
    assert.match(code, /^media_(broken|too_many_pixels|bad_dimensions|unsupported)$/, what);
    assert.ok(process.memoryUsage.rss() - before < 200e6, what);
  }
});

test('the size is that of the film itself, whatever stands around it', async () => {
  const [, mp4] = clips[0] ?? [];
  assert.ok(mp4);
  const bytes = Buffer.from(mp4);
  boxOf(bytes, 'avc1').writeUInt32BE(0xffffffff, 24);
  boxOf(bytes, 'tkhd').writeUInt32BE(0xffffffff, 76);
  boxOf(bytes, 'tkhd').writeUInt32BE(0xffffffff, 80);
  const { width, height } = await probe(bytes);
  assert.deepEqual([width, height], [192, 108]);
});

test('mutants are refused or read, and nothing else', async () => {
  let [taken, refused] = [0, 0];
  for (const [type, bytes] of clips) {
    for (let seed = 1; seed <= 30; seed += 1) {
      const mutant = Buffer.from(bytes);
      for (let spot = 1; spot <= 8; spot += 1) {
        const index = bytes.indexOf(
          type === 'video/webm' ? '\x1f\x43\xb6\x75' : 'moov',
          0,
          'latin1',
        );
        const at = (index + ((seed * 7919 * spot) % 1500)) % bytes.length;
        mutant[at] = (seed * 31 * spot) % 256;
      }
      await probe(mutant, type).then(
        () => {
          taken += 1;
        },
        (error: unknown) => {
          assert.ok(error instanceof Problem, String((error as Error).stack));
          refused += 1;
        },
      );
    }
  }
  assert.ok(refused > 15 && taken + refused === 120, `${taken} taken, ${refused} refused`);
});
