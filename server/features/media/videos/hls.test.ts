import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MediaId } from '../../../../api/ids.ts';
import { openTestHouse, type TestHouse } from '../../../../test/context.ts';
import { makeClip, runFfmpeg } from '../../../../test/videos.ts';
import { Problem } from '../../../kernel/problem.ts';
import type { Ffmpeg } from '../../../ports/ffmpeg/ffmpeg.ts';
import { readServedKey } from '../keys.ts';
import { renderVideo } from './render.ts';

let house: TestHouse;
let ffmpeg: Ffmpeg;
let files: Map<string, Buffer>;
let master: string;
const progress: number[] = [];

const LONG = { seconds: 61, size: '400x712', rate: 1 } as const;

before(async () => {
  house = await openTestHouse();
  assert.ok(house.ctx.ffmpeg);
  ffmpeg = house.ctx.ffmpeg;
  const made = await render((await makeClip(ffmpeg, LONG)).bytes);
  assert.ok(made.video?.hls && made.video.mp4 === null);
  master = made.video.hls.replace(/^.*\//, '');
  files = new Map();
  for (const key of made.video.files) {
    assert.ok(readServedKey(key), key);
    files.set(key.replace(/^.*\//, ''), await house.ctx.blobs.read(key));
  }
});
after(() => house.close());

async function render(bytes: Buffer, part: Partial<typeof house.ctx> = {}) {
  const { ctx } = house;
  const prefix = `local/00/${ctx.ids.next()}`;
  const originalKey = `${prefix}/original.mp4`;
  await ctx.blobs.write(originalKey, bytes);
  const name = ctx.ids.next<MediaId>();
  const onProgress = (done: number) => void progress.push(done);
  return renderVideo({ ...ctx, ...part }, { originalKey, posterAt: 3, prefix, name, onProgress });
}

const textOf = (name: string) => files.get(name)?.toString() ?? assert.fail(`no ${name}`);

/** The files that a playlist names, with how long each lasts. */
function segmentsOf(playlist: string) {
  const text = textOf(playlist);
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? '';
  const all = [...text.matchAll(/#EXTINF:([\d.]+),\n(\S+)/g)];
  return {
    text,
    init,
    segments: all.map(([, time, name]) => ({ time: Number(time), name: name ?? '' })),
  };
}

test('the list of renditions says what a player needs to choose', () => {
  const text = textOf(master);
  const streams = [...text.matchAll(/#EXT-X-STREAM-INF:(\S+)\n(\S+)/g)];
  assert.deepEqual(
    streams.map(([, attributes]) => /RESOLUTION=(\d+x\d+)/.exec(attributes ?? '')?.[1]),
    ['400x712', '360x640'],
  );
  for (const [, attributes = '', playlist = ''] of streams) {
    assert.match(attributes, /CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2"/);
    assert.match(attributes, /BANDWIDTH=\d{4,},AVERAGE-BANDWIDTH=\d{4,}/);
    assert.ok(files.has(playlist), playlist);
  }
  const audio = /TYPE=AUDIO.*URI="([^"]+)"/.exec(text)?.[1] ?? '';
  assert.ok(files.has(audio), audio);
});

test('segments last two seconds, begin with a key frame, and play to the end', async () => {
  const playlists = [...files.keys()].filter((name) => /-v\d+-[0-9a-f]{16}\.m3u8$/.test(name));
  assert.equal(playlists.length, 2);
  for (const playlist of playlists) {
    const { text, init, segments } = segmentsOf(playlist);
    assert.match(text, /#EXT-X-PLAYLIST-TYPE:VOD[\s\S]*#EXT-X-ENDLIST/);
    assert.equal(segments.length, 31);
    for (const { time } of segments.slice(0, -1)) assert.ok(Math.abs(time - 2) < 0.01, `${time}`);
    const head = files.get(init) ?? assert.fail(init);
    const parts = segments.map(({ name }) => files.get(name) ?? assert.fail(name));
    // Each by itself: what does not begin with a key frame gives no first picture.
    for (const part of [parts[0], parts[7], parts.at(-1)]) {
      const film = Buffer.concat([head, part ?? Buffer.alloc(0)]);
      const args = [
        '-xerror',
        '-i',
        'film.mp4',
        '-frames:v',
        '1',
        '-pix_fmt',
        'rgb24',
        '-f',
        'rawvideo',
      ];
      const frame = await runFfmpeg(ffmpeg, args, 'frame.raw', { 'film.mp4': film });
      assert.ok(frame.length > 360 * 640 * 3 - 1);
    }
    const whole = Buffer.concat([head, ...parts]);
    for (const text of ['Lavf', 'Lavc', 'x264', 'Otterphone'])
      assert.ok(!whole.includes(text), text);
  }
});

test('progress goes up to the end', () => {
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
});

test('a server without a codec, or without ffmpeg, says so', async () => {
  const clip = await makeClip(ffmpeg, { seconds: 1 });
  const unavailable = (says: RegExp) => (error: unknown) =>
    error instanceof Problem && error.code === 'video_unavailable' && says.test(error.message);
  await assert.rejects(render(clip.bytes, { ffmpeg: null }), unavailable(/nothing that can read/));
  const poor = { ...ffmpeg, decodes: new Set(['vp9'] as const) };
  await assert.rejects(render(clip.bytes, { ffmpeg: poor }), unavailable(/H\.264/));
});

test('a film whose frames are noise is refused, or what can be read of it is shown', async () => {
  const { bytes } = await makeClip(ffmpeg, {
    hasAudio: false,
    picture: 'testsrc=s=64x64:d=1:r=10',
  });
  const noisy = Buffer.from(bytes);
  const at = noisy.indexOf('mdat') + 4;
  for (let index = at; index < at + 2000; index += 1) noisy[index] = (index * 167) % 256;
  await assert.rejects(render(noisy), (error) => error instanceof Problem && error.status === 422);
});
