import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobKey } from '../../../ports/blobs/blobs.ts';
import type { RenderedVideo } from '../rendered.ts';
import type { RenditionPlan, VideoPlan } from './plan.ts';

/** AAC-LC, RFC 6381. */
const AUDIO_CODEC = 'mp4a.40.2';

type Put = (part: string, bytes: Buffer, extension: 'mp4' | 'm4s' | 'm3u8') => Promise<BlobKey>;

/** A playlist whose files are stored under names of their content. */
interface StoredTrack {
  readonly playlist: BlobKey;
  readonly files: readonly BlobKey[];
  readonly init: Buffer;
  /** Bits a second, of the largest segment and of all. */
  readonly peak: number;
  readonly average: number;
}

/** Stores what ffmpeg left in the folder as HLS (RFC 8216) that refers to names of content. */
export async function storeHls(
  folder: string,
  plan: VideoPlan,
  put: Put,
): Promise<Pick<RenderedVideo, 'mp4' | 'hls' | 'files'>> {
  const films: { readonly rendition: RenditionPlan; readonly track: StoredTrack }[] = [];
  for (const rendition of plan.renditions) {
    films.push({ rendition, track: await storeTrack(folder, rendition.name, put) });
  }
  const hasAudio = await access(join(folder, 'audio.m3u8')).then(
    () => true,
    () => false,
  );
  const audio = hasAudio ? await storeTrack(folder, 'audio', put) : null;
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (audio) {
    lines.push(
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,URI="${fileOf(audio.playlist)}"`,
    );
  }
  for (const { rendition, track } of films) {
    const codecs = [videoCodec(track.init), ...(audio ? [AUDIO_CODEC] : [])].join(',');
    const attributes = [
      `BANDWIDTH=${track.peak + (audio?.peak ?? 0)}`,
      `AVERAGE-BANDWIDTH=${track.average + (audio?.average ?? 0)}`,
      `CODECS="${codecs}"`,
      `RESOLUTION=${rendition.width}x${rendition.height}`,
      `FRAME-RATE=${plan.frameRate.toFixed(3)}`,
      ...(audio ? ['AUDIO="audio"'] : []),
    ];
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, fileOf(track.playlist));
  }
  const hls = await put('master', Buffer.from(`${lines.join('\n')}\n`), 'm3u8');
  const tracks = [...films.map(({ track }) => track), ...(audio ? [audio] : [])];
  return {
    mp4: null,
    hls,
    files: [hls, ...tracks.flatMap(({ playlist, files }) => [playlist, ...files])],
  };
}

const fileOf = (key: BlobKey) => key.slice(key.lastIndexOf('/') + 1);

async function storeTrack(folder: string, name: string, put: Put): Promise<StoredTrack> {
  const init = withoutNotes(await readFile(join(folder, `${name}-init.mp4`)));
  const initKey = await put(`${name}-init`, init, 'mp4');
  const lines = (await readFile(join(folder, `${name}.m3u8`), 'utf8')).trimEnd().split('\n');
  const files = [initKey];
  let [peak, bits, time, seconds] = [0, 0, 0, 0];
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('#EXTINF:')) seconds = Number.parseFloat(line.slice(8));
    if (line.startsWith('#EXT-X-MAP:')) lines[at] = `#EXT-X-MAP:URI="${fileOf(initKey)}"`;
    const number = line.startsWith('#') ? undefined : /-([0-9]+)\.m4s$/.exec(line)?.[1];
    if (number === undefined) continue;
    const bytes = await readFile(join(folder, `${name}-${number}.m4s`));
    const key = await put(`${name}-${number}`, bytes, 'm4s');
    files.push(key);
    lines[at] = fileOf(key);
    bits += bytes.length * 8;
    time += seconds;
    // The last one may be a moment only, whose rate says nothing.
    if (seconds > 0.5 || peak === 0) peak = Math.max(peak, Math.ceil((bytes.length * 8) / seconds));
  }
  const playlist = await put(name, Buffer.from(`${lines.join('\n')}\n`), 'm3u8');
  return { playlist, files, init, peak, average: Math.ceil(bits / time) };
}

/** ffmpeg writes who made it into the first part of HLS, whatever it is told. The room stays, empty (ISO 14496-12, 8.1.2). */
function withoutNotes(init: Buffer): Buffer {
  const at = init.indexOf('udta', 0, 'latin1');
  if (at < 4) return init;
  const silent = Buffer.from(init);
  silent.write('free', at, 'latin1');
  silent.fill(0, at + 4, at - 4 + init.readUInt32BE(at - 4));
  return silent;
}

/** As RFC 6381 names it: what follows the version in the decoder configuration (ISO 14496-15, 5.3.3.1). */
function videoCodec(init: Buffer): string {
  const at = init.indexOf('avcC', 0, 'latin1');
  if (at < 0) throw new Error('an H.264 film without its configuration');
  return `avc1.${init.subarray(at + 5, at + 8).toString('hex')}`;
}
