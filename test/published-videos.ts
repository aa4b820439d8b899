import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Post } from '../api/posts.ts';
import type { Context } from '../server/context.ts';
import { postPrefix, servedKey } from '../server/features/media/keys.ts';
import type { RenderedVideo } from '../server/features/media/rendered.ts';
import { ofPost } from '../server/kernel/touch-keys.ts';
import { sampleVideo } from './sample-data.ts';

const run = promisify(execFile);

/** A video as a page plays it: H.264 and AAC. */
export interface TestVideo {
  readonly bytes: Buffer;
  readonly duration: number;
  readonly width: number;
  readonly height: number;
}

/** Seconds of a moving test picture with a tone; null where the machine has no ffmpeg. */
export async function madeVideo(seconds: number): Promise<TestVideo | null> {
  const folder = await mkdtemp(join(tmpdir(), 'aperto-video-'));
  const file = join(folder, 'made.mp4');
  try {
    await ffmpeg(
      ...['-f', 'lavfi', '-i', `testsrc2=size=360x640:rate=25:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=330:duration=${seconds}`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '50'],
      ...['-c:a', 'aac', '-movflags', '+faststart', file],
    );
    return { bytes: await readFile(file), duration: seconds, width: 360, height: 640 };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One that is made, because it is small, else a sample; null where there is neither. */
export async function someVideo(): Promise<TestVideo | null> {
  const made = await madeVideo(12);
  const path = sampleVideo('clip-portrait.mp4');
  if (made || !path) return made;
  return { bytes: await readFile(path), duration: 12, width: 1080, height: 1920 };
}

function ffmpeg(...args: readonly string[]) {
  return run('ffmpeg', ['-v', 'error', '-y', ...args]);
}

/** The same as a playlist of CMAF fragments of two seconds, by the names of its files. */
async function fragmentsOf(video: TestVideo): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'aperto-hls-'));
  try {
    const file = join(folder, 'whole.mp4');
    await writeFile(file, video.bytes);
    await ffmpeg(
      ...['-i', file, '-c', 'copy', '-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod'],
      ...['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.m4s'],
      ...['-hls_segment_filename', join(folder, 's%d.m4s'), join(folder, 'v.m3u8')],
    );
    const names = (await readdir(folder)).filter((name) => /\.(m4s|m3u8)$/.test(name));
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
    return new Map(names.map((name, index) => [name, files[index] ?? Buffer.alloc(0)]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Wish {
  readonly as?: 'mp4' | 'hls';
  readonly loops?: boolean;
  readonly hasAudio?: boolean;
  /** WebVTT by language. */
  readonly captions?: Readonly<Record<string, string>>;
  /** Which of the post's pictures; the first unless told. */
  readonly index?: number;
}

/**
 * Makes a video of a picture of a published post, which becomes its poster: what processing would
 * leave, without the time that it takes.
 */
export async function becomeVideo(
  ctx: Context,
  post: Post,
  video: TestVideo,
  { as = 'mp4', loops = false, hasAudio = !loops, captions = {}, index = 0 }: Wish = {},
): Promise<void> {
  const media = post.media[index];
  if (!media) throw new RangeError('the post has no such picture');
  const prefix = postPrefix(ctx.config.region, post.user.user_id, post.post_id);
  const keep = async (part: string, bytes: Buffer, end: 'mp4' | 'm4s' | 'm3u8' | 'vtt') => {
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const key = servedKey(prefix, media.media_id, part, digest, end);
    await ctx.blobs.write(key, bytes);
    return key;
  };
  const mp4 = as === 'mp4' ? await keep('video', video.bytes, 'mp4') : null;
  const list = as === 'hls' ? await keepFragments(video, keep) : null;
  const stored: RenderedVideo = {
    duration: video.duration,
    mp4,
    hls: list,
    has_audio: hasAudio,
    loops,
    files: [mp4, list].filter((key) => key !== null),
  };
  const texts = await Promise.all(
    Object.entries(captions).map(async ([language, text]) => ({
      language,
      key: await keep(`captions-${language}`, Buffer.from(text), 'vtt'),
    })),
  );
  await ctx.db.query(
    `update media set kind = 'video', width = $3, height = $4, video = $5, captions = $6
     where post_id = $1 and media_id = $2`,
    [
      post.post_id,
      media.media_id,
      video.width,
      video.height,
      JSON.stringify(stored),
      JSON.stringify(texts),
    ],
  );
  ctx.db.touchLoosely(ofPost(post.post_id));
}

type Keep = (part: string, bytes: Buffer, end: 'm4s' | 'm3u8') => Promise<string>;

async function keepFragments(video: TestVideo, keep: Keep): Promise<string> {
  const files = await fragmentsOf(video);
  const names = new Map<string, string>();
  for (const [name, bytes] of files) {
    if (!name.endsWith('.m4s')) continue;
    const key = await keep(`v720-${name.replace('.m4s', '')}`, bytes, 'm4s');
    names.set(name, basename(key));
  }
  const own = String(files.get('v.m3u8')).replaceAll(
    /(?:init|s\d+)\.m4s/g,
    (name) => names.get(name) ?? name,
  );
  const variant = await keep('v720', Buffer.from(own), 'm3u8');
  const { width, height } = video;
  const master = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-STREAM-INF:BANDWIDTH=1500000,RESOLUTION=${width}x${height},CODECS="avc1.640028,mp4a.40.2"
${basename(variant)}
`;
  return keep('hls', Buffer.from(master), 'm3u8');
}
