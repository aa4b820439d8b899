import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { Media } from '../../api/media.ts';
import { deleteCaptions, putCaptions } from '../../api/media.ts';
import type { Post } from '../../api/posts.ts';
import { hear } from '../../server/kernel/hints.ts';
import type { Ffmpeg } from '../../server/ports/ffmpeg/ffmpeg.ts';
import { cast, type Person, refusal, type TestFile } from '../cast.ts';
import { openTestServer, type TestServer } from '../server.ts';
import { frameOf, makeClip, PLACE, sampleVideos, turnClip } from '../videos.ts';
import { within } from '../within.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
let ffmpeg: Ffmpeg;

before(async () => {
  server = await openTestServer();
  assert.ok(server.ctx.ffmpeg);
  ffmpeg = server.ctx.ffmpeg;
  ({ alice, bob } = await cast(server.url, 'alice', 'bob'));
});
after(async () => {
  alice.leave();
  bob.leave();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

type Film = Media & { sizes: NonNullable<Media['sizes']>; video: NonNullable<Media['video']> };

async function published(file: TestFile, at?: number): Promise<{ post: Post; film: Film }> {
  const media = at === undefined ? [{}] : [{ poster_at: at }];
  // A film of full size takes its time where others keep the machine busy: longer than a socket is waited for.
  const processed = Promise.withResolvers<void>();
  const deaf = hear(server.ctx, 'post.status', () => processed.resolve());
  const sent = await alice.post(file, { media });
  await within(processed.promise, `${file.name} is processed`, 180_000);
  deaf();
  const post = await alice.published(sent);
  const [film] = post.media;
  assert.ok(film?.sizes && film.video, 'a film');
  assert.equal(film.type, 'video');
  return { post, film: { ...film, sizes: film.sizes, video: film.video } };
}

async function bytesAt(address: string): Promise<Buffer> {
  const answer = await fetch(server.url + address);
  assert.equal(answer.status, 200, address);
  return Buffer.from(await answer.arrayBuffer());
}

const TELLING = [PLACE, '43.25', 'Otterphone', 'x264', 'Lavf', 'Lavc', '\xa9xyz', 'loci'];

async function demandSilent(film: Film, source: Buffer): Promise<Buffer> {
  const bytes = await bytesAt(film.video.mp4 ?? '');
  // ISO 6709, as phones write where they are.
  const places = source.toString('latin1').match(/[+-]\d{2}\.\d{3,}[+-]\d{3}\.\d{3,}/g) ?? [];
  for (const text of [...TELLING, ...places]) {
    assert.ok(!bytes.includes(text, 0, 'latin1'), `the film still says ${text}`);
  }
  return bytes;
}

test('a film is published as one MP4 with a poster, upright, and says nothing of where it was taken', async () => {
  const clip = await makeClip(ffmpeg, { name: 'clip.mov' });
  assert.ok(clip.bytes.includes(PLACE), 'there is something to hide');
  const { film } = await published(await turnClip(ffmpeg, clip, 90));
  assert.deepEqual([film.width, film.height], [108, 192]);
  assert.deepEqual(
    [film.video.has_audio, film.video.loops, film.video.hls, film.video.captions],
    [true, false, null, []],
  );
  assert.ok(Math.abs(film.video.duration - 2) < 0.2);
  const bytes = await demandSilent(film, clip.bytes);
  assert.ok(bytes.indexOf('moov') < bytes.indexOf('mdat'), 'it can play before it is all there');
  const [width, height] = [4, 8] as const;
  const shown = await frameOf(ffmpeg, bytes, 1, [width, height]);
  const poster = await sharp(await bytesAt(film.sizes.large.url))
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .raw()
    .toBuffer();
  for (const frame of [shown, poster]) {
    const isRed = (x: number, y: number) => {
      const at = (y * width + x) * 3;
      return (frame[at] ?? 0) > 180 && (frame[at + 2] ?? 255) < 90;
    };
    const corners = [isRed(0, 0), isRed(3, 0), isRed(0, 7), isRed(3, 7)];
    assert.equal(corners.filter(Boolean).length, 1);
    assert.equal(isRed(0, 0), false, 'what was above on the left has been turned away');
  }
});

test('the poster is the frame that was asked for; of a fade from black, none that is black', async () => {
  // Green from the second second on; before that it comes out of the dark.
  const picture = 'testsrc=s=160x120:r=10:d=3,fade=in:0:12';
  const clip = await makeClip(ffmpeg, { picture, hasAudio: false });
  const brightness = async ({ sizes }: Film) => {
    const { channels } = await sharp(await bytesAt(sizes.medium.url)).stats();
    return (channels[0]?.mean ?? 0) + (channels[1]?.mean ?? 0) + (channels[2]?.mean ?? 0);
  };
  const [asked, chosen] = [await published(clip, 0), await published(clip)];
  assert.equal(asked.film.video.has_audio, false);
  assert.ok((await brightness(asked.film)) < 30, 'the first frame is black');
  assert.ok((await brightness(chosen.film)) > 150);
  const late = await published(clip, 500);
  assert.ok((await brightness(late.film)) > 150, 'beyond the end is the last one');
});

test('an animated picture becomes a film that loops, white behind what is transparent', async () => {
  const red = 'color=c=red:s=20x20:r=5:d=2,format=rgba,pad=60:41:0:0:black@0';
  const palette = 'split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse';
  const picture = `${red},${palette}`;
  const gif = await makeClip(ffmpeg, { picture, hasAudio: false, name: 'anim.gif' });
  const { film } = await published(gif);
  assert.deepEqual([film.width, film.height, film.video.loops], [60, 41, true]);
  assert.ok(Math.abs(film.video.duration - 2) < 0.3, String(film.video.duration));
  const frame = await frameOf(ffmpeg, await bytesAt(film.video.mp4 ?? ''), 0.5, [60, 40]);
  assert.ok(
    [...frame.subarray(-3)].every((value) => value > 240),
    'white',
  );
});

test('every sample film is published', async (t) => {
  const samples = await sampleVideos();
  if (samples.length === 0) t.diagnostic('no samples here: only films that the tests make');
  for (const sample of samples) {
    const { film } = await published(sample);
    await demandSilent(film, sample.bytes);
    assert.ok(film.video.duration >= 6 && film.video.has_audio, sample.name);
    assert.ok(film.sizes.large.width > 400, sample.name);
  }
});

test('the same film again has the same names', async () => {
  const clip = await makeClip(ffmpeg, { seconds: 1 });
  const digests = async () => {
    const { film } = await published(clip);
    return [film.video.mp4, film.url].map(
      (address) => /-([0-9a-f]{16})\./.exec(address ?? '')?.[1],
    );
  };
  assert.deepEqual(await digests(), await digests());
});

const VTT =
  'WEBVTT\n\nNOTE by nobody\n\nSTYLE\n::cue { color: red }\n\n1\n00:00.500 --> 00:01.500\nAn <b>otter</b>\n';

test('captions are given, replaced, served and taken away, by the author alone', async () => {
  const { post, film } = await published(await makeClip(ffmpeg));
  const params = { post_id: post.post_id, media_id: film.media_id, language: 'pt-br' };
  const given = await alice.api(putCaptions, { params, body: { webvtt: VTT } });
  const [first] = given.video?.captions ?? [];
  assert.ok(first);
  assert.equal(first.language, 'pt-BR');
  const served = await fetch(server.url + first.url);
  assert.equal(served.headers.get('content-type'), 'text/vtt; charset=utf-8');
  const text = await served.text();
  assert.equal(text, 'WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nAn <b>otter</b>\n');
  assert.deepEqual(await alice.api(putCaptions, { params, body: { webvtt: VTT } }), given, 'again');

  const other = VTT.replace('otter', 'seal');
  const replaced = await alice.api(putCaptions, { params, body: { webvtt: other } });
  assert.equal(replaced.video?.captions.length, 1);
  const old = first.url.replace('/media/', '');
  assert.equal(await server.ctx.blobs.stat(old), null, 'the old file is gone');
  const put = await refusal(bob.api(putCaptions, { params, body: { webvtt: VTT } }));
  const taken = await refusal(bob.api(deleteCaptions, { params }));
  assert.deepEqual([put.code, taken.code], ['post_not_found', 'post_not_found']);
  assert.deepEqual((await bob.see(post)).media[0]?.video, replaced.video);
  const wrong = { ...params, media_id: '1' as typeof params.media_id };
  const missing = await refusal(alice.api(putCaptions, { params: wrong, body: { webvtt: VTT } }));
  assert.equal(missing.code, 'media_not_found');
  const bad = await refusal(alice.api(putCaptions, { params, body: { webvtt: '<script>x' } }));
  assert.equal(bad.code, 'captions_invalid');
  for (const round of [1, 2]) {
    const none = await alice.api(deleteCaptions, { params });
    assert.deepEqual(none.video?.captions, [], `round ${round}`);
  }
  for (const language of ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh', 'ii', 'jj']) {
    const one = { ...params, language };
    await alice.api(putCaptions, { params: one, body: { webvtt: VTT } });
  }
  const more = await refusal(alice.api(putCaptions, { params, body: { webvtt: VTT } }));
  assert.equal(more.code, 'too_many_captions');
});
