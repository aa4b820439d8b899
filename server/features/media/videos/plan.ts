import { VIDEO_SHORT_SECONDS } from '../../../../api/media.ts';
import type { Ffmpeg } from '../../../ports/ffmpeg/ffmpeg.ts';
import type { ProbedVideo } from './probe.ts';

/** The file to read, in the work folder. */
export const INPUT = 'input';
/** Of HLS. Two seconds: a player that changes its rendition, or is moved, waits no longer. */
export const SEGMENT_SECONDS = 2;
export const POSTERS_MAX = 5;
export const posterFile = (number: number) => `poster-${number}.png`;

/** One size of the film. */
export interface RenditionPlan {
  /** `video` of a short one; else `v` and its short side. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** What is asked of ffmpeg. */
export interface VideoPlan {
  readonly args: readonly string[];
  readonly kind: 'mp4' | 'hls';
  /** Largest first. */
  readonly renditions: readonly RenditionPlan[];
  readonly frameRate: number;
  readonly timeoutMs: number;
}

/** Short sides of what is offered of a long film; of a short one there is the largest only. */
const LADDER = [1080, 720, 360];
/** In WebAssembly a frame of 1080 × 1920 takes 75 ms. */
const LADDER_WHEN_SLOW = [720, 360];
/** More frames a second are seen by nobody, and cost as much again. */
const FRAME_RATE_MAX = 60;
/** As cameras count; a rate within a hundredth of one is that one. */
const USUAL_RATES = ['24000/1001', '24', '25', '30000/1001', '30', '50', '60000/1001', '60'];

const MINUTE_MS = 60_000;
/** A job that runs longer than four hours is taken for dead and begun again. */
const TIMEOUT_MAX_MS = 180 * MINUTE_MS;

type Tool = Pick<Ffmpeg, 'kind' | 'toneMaps'>;

/** `posterAt`: the second whose frame is wanted; null: a few early ones to choose from. */
export function planVideo(video: ProbedVideo, posterAt: number | null, tool: Tool): VideoPlan {
  const isShort = video.duration <= VIDEO_SHORT_SECONDS || video.container === 'gif';
  const renditions = sizes(video, isShort, tool);
  const { text: rate, value: frameRate } = targetRate(video.frameRate);
  const film = isShort ? mp4Arguments : hlsArguments;
  const args = [
    ...inputArguments(video),
    ...['-filter_complex', filters(video, renditions, { rate, posterAt, tool })],
    ...renditions.flatMap((rendition) => film(video, rendition, frameRate, tool)),
    ...(isShort || video.audioIndex === null ? [] : hlsAudio(video)),
    ...['-map', '[poster]', '-frames:v', String(posterAt === null ? POSTERS_MAX : 1)],
    ...['-c:v', 'png', '-compression_level', '1', '-f', 'image2', 'poster-%d.png'],
  ];
  const [start, perSecond] = tool.kind === 'machine' ? [2, 10] : [4, 40];
  const timeoutMs = Math.min(TIMEOUT_MAX_MS, start * MINUTE_MS + perSecond * video.duration * 1000);
  return { args, kind: isShort ? 'mp4' : 'hls', renditions, frameRate, timeoutMs };
}

function sizes(video: ProbedVideo, isShort: boolean, { kind }: Tool): RenditionPlan[] {
  const own = Math.min(video.width, video.height);
  const ladder = kind === 'machine' ? LADDER : LADDER_WHEN_SLOW;
  const most = ladder[0] ?? own;
  // What lies between two steps is offered as it is.
  const top = Math.min(own, most);
  const steps = isShort ? [top] : [top, ...ladder.filter((step) => step * 1.1 < top)];
  return steps.map((step) => {
    const scale = step / own;
    const side = (length: number) => Math.max(2, 2 * Math.round((length * scale) / 2));
    const [width, height] = [side(video.width), side(video.height)];
    const name = isShort ? 'video' : `v${Math.min(width, height)}`;
    return { name, width, height };
  });
}

function targetRate(rate: number): { text: string; value: number } {
  const asNumber = (text: string) => {
    const [over = 0, under = 1] = text.split('/').map(Number);
    return over / under;
  };
  const wanted = Math.min(rate, FRAME_RATE_MAX);
  const byDistance = USUAL_RATES.toSorted(
    (a, b) => Math.abs(asNumber(a) - wanted) - Math.abs(asNumber(b) - wanted),
  );
  const [usual = '30'] = byDistance;
  const near = Math.abs(asNumber(usual) / wanted - 1) < 0.01;
  const text = near ? usual : String(Math.max(1, Math.round(wanted)));
  return { text, value: asNumber(text) };
}

/** The demuxer is ours to say, so that no file is taken for a playlist. */
function inputArguments({ container, duration }: ProbedVideo): string[] {
  return [
    ...['-protocol_whitelist', 'file', '-f', container],
    ...(container === 'gif' ? ['-ignore_loop', '1'] : []),
    ...['-max_pixels', '50000000', '-threads', '2', '-t', String(Math.ceil(duration) + 1)],
    ...['-i', INPUT],
  ];
}

interface Wishes {
  readonly rate: string;
  readonly posterAt: number | null;
  readonly tool: Tool;
}

/**
 * One decode for everything: even frames, the size of the largest, plain colours; then a branch for each rendition
 * and one for the poster. ffmpeg has turned the picture upright before.
 */
function filters(video: ProbedVideo, renditions: readonly RenditionPlan[], wishes: Wishes): string {
  const [largest] = renditions;
  if (!largest) throw new RangeError('a plan without renditions');
  const colours = toPlainColours(video, largest, wishes.tool);
  const branches = renditions.map(({ name }) => `[${name}_in]`).join('');
  // The frames of a GIF have times of their own; there are few, and they stay as they are.
  const rate = video.container === 'gif' ? 'null' : `fps=${wishes.rate}`;
  const first = `[0:v:${video.videoIndex}]${rate},${colours},setsar=1`;
  const parts = [`${first},split=${renditions.length + 1}${branches}[poster_in]`];
  for (const { name, width, height } of renditions) {
    const isLargest = name === largest.name;
    parts.push(`[${name}_in]${isLargest ? 'null' : `scale=${width}:${height}`}[${name}]`);
  }
  const step = video.container === 'gif' ? 0.2 : Math.min(0.75, video.duration / POSTERS_MAX);
  const chosen =
    wishes.posterAt === null
      ? `isnan(prev_selected_t)+gte(t-prev_selected_t\\,${step.toFixed(3)})`
      : `gte(t+0.001\\,${wishes.posterAt.toFixed(3)})`;
  // Their times follow on one another, so that none is written twice to fill a gap.
  const picked = `[poster_in]select='${chosen}',setpts=N/FRAME_RATE/TB`;
  parts.push(`${picked},scale=in_color_matrix=bt709:in_range=tv,format=rgb24[poster]`);
  return parts.join(';');
}

/** BT.709 in eight bits, as every player shows it; HDR brought into its range where that can be done. */
function toPlainColours(video: ProbedVideo, { width, height }: RenditionPlan, tool: Tool): string {
  const size = `${width}:${height}`;
  if (video.container === 'gif') {
    // On white. In planes, because ffmpeg 5.1 crashes when it draws into packed pixels with odd sides.
    const white = 'lutrgb=r=maxval:g=maxval:b=maxval:a=maxval';
    const layers = `format=gbrap,split[behind][front];[behind]${white}[white]`;
    return `scale=${size},${layers};[white][front]overlay=format=gbrp,${plain(size)}`;
  }
  if (video.isHdr && tool.toneMaps) {
    const linear = 'zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709';
    const back = 'zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv420p';
    return `scale=${size},${linear},tonemap=hable:desat=0,${back}`;
  }
  return plain(size);
}

function plain(size: string): string {
  return `scale=${size}:out_color_matrix=bt709:out_range=tv,format=yuv420p`;
}

/** Megabits a second at most, by the short side. */
function peakRate({ width, height }: RenditionPlan): number {
  const side = Math.min(width, height);
  if (side > 720) return 6;
  if (side > 540) return 3;
  return side > 360 ? 1.6 : 0.9;
}

function videoArguments(
  { codec }: { readonly codec: readonly string[] },
  rendition: RenditionPlan,
  frameRate: number,
): string[] {
  const peak = peakRate(rendition);
  return [
    ...['-map', `[${rendition.name}]`, ...codec, '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
    ...['-crf', '23', '-maxrate', `${peak}M`, '-bufsize', `${peak * 2}M`, '-threads', '2'],
    ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-color_range', 'tv', '-g', String(Math.round(frameRate * SEGMENT_SECONDS))],
    // The encoder writes its settings into the film; those go.
    ...['-bsf:v', 'filter_units=remove_types=6', '-flags:v', '+bitexact'],
  ];
}

// On two cores the sample of 12 s and 1080 × 1920 takes 6 to 7 s so (bench/video.ts).
const encoder = ({ kind }: Tool) => ({
  codec: ['-c:v', 'libx264', '-preset', kind === 'machine' ? 'veryfast' : 'ultrafast'],
});

/** Nothing of the original but its pictures and sound. */
const NOTHING_ELSE = [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'],
  ...['-metadata:s:v', 'encoder= '],
];

function audioArguments({ audioIndex, sampleRate }: ProbedVideo): string[] {
  if (audioIndex === null) return [];
  return [
    ...['-map', `0:a:${audioIndex}`, '-c:a', 'aac', '-b:a', '128k', '-ac', '2'],
    ...(sampleRate > 48_000 ? ['-ar', '48000'] : []),
    ...['-flags:a', '+bitexact'],
  ];
}

function mp4Arguments(video: ProbedVideo, rendition: RenditionPlan, rate: number, tool: Tool) {
  return [
    ...videoArguments(encoder(tool), rendition, rate),
    ...audioArguments(video),
    ...NOTHING_ELSE,
    ...['-movflags', '+faststart', '-f', 'mp4', `${rendition.name}.mp4`],
  ];
}

function hlsArguments(_: ProbedVideo, rendition: RenditionPlan, rate: number, tool: Tool) {
  return [
    ...videoArguments(encoder(tool), rendition, rate),
    ...['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`, '-forced-idr', '1'],
    ...['-sc_threshold', '0'],
    ...NOTHING_ELSE,
    ...segments(rendition.name),
  ];
}

function hlsAudio(video: ProbedVideo): string[] {
  return [...audioArguments(video), ...NOTHING_ELSE, ...segments('audio')];
}

function segments(name: string): string[] {
  return [
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod'],
    ...['-hls_segment_type', 'fmp4', '-hls_flags', 'independent_segments'],
    ...['-hls_fmp4_init_filename', `${name}-init.mp4`],
    ...['-hls_segment_filename', `${name}-%d.m4s`, `${name}.m3u8`],
  ];
}
