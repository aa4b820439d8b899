import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Ffmpeg } from '../server/ports/ffmpeg/ffmpeg.ts';
import type { TestFile } from './cast.ts';
import { sampleVideo } from './sample-data.ts';

const LIMITS = { timeoutMs: 60_000, fileBytes: 100_000_000 };

/** Where the film was taken: what no served copy may hold. */
export const PLACE = '+43.2500-002.9167/';

/** Runs ffmpeg as tests want it: to make films, or to look at them. Gives the file `output`. */
export async function runFfmpeg(
  ffmpeg: Ffmpeg,
  args: readonly string[],
  output: string,
  inputs: Readonly<Record<string, Buffer>> = {},
): Promise<Buffer> {
  return await ffmpeg.inFolder(async (folder) => {
    for (const [name, bytes] of Object.entries(inputs)) await writeFile(join(folder, name), bytes);
    const { signal } = new AbortController();
    await ffmpeg.run([...args, output], { folder, limits: LIMITS, signal });
    return await readFile(join(folder, output));
  });
}

export interface ClipWish {
  readonly seconds?: number;
  readonly size?: string;
  readonly rate?: number;
  /** `clip.mp4`, `clip.mov`, `clip.webm`, `clip.mkv`, `clip.gif` … */
  readonly name?: string;
  readonly hasAudio?: boolean;
  /** What is seen, as a source of ffmpeg's. */
  readonly picture?: string;
  readonly extra?: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  gif: 'image/gif',
};

/** A small film: red above on the left, blue elsewhere, so that it is seen when it is turned; and a tone. */
export async function makeClip(ffmpeg: Ffmpeg, wish: ClipWish = {}): Promise<TestFile> {
  const { seconds = 2, size = '192x108', rate = 10, name = 'clip.mp4', hasAudio = true } = wish;
  const plain = `color=c=blue:s=${size}:r=${rate}:d=${seconds},drawbox=0:0:iw/2:ih/2:red:fill`;
  const film = ['-f', 'lavfi', '-i', wish.picture ?? plain];
  const sound = hasAudio ? ['-f', 'lavfi', '-i', `sine=440:d=${seconds}`] : [];
  const coded = name.endsWith('.gif')
    ? []
    : name.endsWith('.webm')
      ? ['-c:v', 'libvpx', '-c:a', 'libvorbis']
      : ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const place = ['-metadata', `location=${PLACE}`, '-metadata', 'comment=Otterphone'];
  const args = [...film, ...sound, ...coded, ...place, ...(wish.extra ?? [])];
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'video/mp4';
  return { name, type, bytes: await runFfmpeg(ffmpeg, args, name) };
}

/** The same film with a display matrix, as a phone that was held upright writes it. */
export async function turnClip(ffmpeg: Ffmpeg, clip: TestFile, degrees: number): Promise<TestFile> {
  const { bytes, name } = clip;
  const args = ['-i', `from-${name}`, '-c', 'copy', '-metadata:s:v:0', `rotate=${degrees}`];
  return { ...clip, bytes: await runFfmpeg(ffmpeg, args, name, { [`from-${name}`]: bytes }) };
}

/** The sample films, where there are some. */
export async function sampleVideos(): Promise<TestFile[]> {
  const found = ['clip-portrait.mp4', 'clip-hevc.mov', 'clip.webm'].map(sampleVideo);
  return await Promise.all(
    found
      .filter((path) => path !== null)
      .map(async (path) => ({
        name: basename(path),
        type: TYPES[path.split('.').at(-1) ?? ''] ?? '',
        bytes: await readFile(path),
      })),
  );
}

/** One frame of a film as RGB, of `width` × `height`. */
export function frameOf(
  ffmpeg: Ffmpeg,
  film: Buffer,
  at: number,
  [width, height]: readonly [number, number],
): Promise<Buffer> {
  const look = ['-i', 'film.mp4', '-ss', String(at), '-frames:v', '1'];
  const raw = ['-vf', `scale=${width}:${height}`, '-pix_fmt', 'rgb24', '-f', 'rawvideo'];
  return runFfmpeg(ffmpeg, [...look, ...raw], 'frame.raw', { 'film.mp4': film });
}
