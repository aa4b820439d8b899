import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { type Ffmpeg, FfmpegFailed, MEMORY_BYTES, type Run, type VideoCodec } from './ffmpeg.ts';
import { closedBy, killable, type Running, watch } from './running.ts';
import { Turns } from './turns.ts';
import type { WorkFolders } from './work-folders.ts';

const ask = promisify(execFile);
const ASK_MS = 10_000;
const OLDEST_MAJOR = 5;
/** A single allocation: a frame of 50 MP with ten bits has 150 MB. */
const ALLOCATION_MAX = 256 * 1024 ** 2;

/** Without it there is nothing to serve. */
const NEEDED = {
  encoders: ['libx264', 'aac', 'png'],
  filters: ['fps', 'scale', 'select', 'overlay'],
};
/** ffmpeg's own AV1 decoder needs a graphics card. */
const DECODERS: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ['h264'],
  hevc: ['hevc'],
  vp8: ['vp8', 'libvpx'],
  vp9: ['vp9', 'libvpx-vp9'],
  av1: ['libdav1d', 'libaom-av1'],
  gif: ['gif'],
};

/** Why the machine's ffmpeg is of no use. */
export class UnfitFfmpeg extends Error {}

/** Finds a program as a shell would; null when there is none. */
export async function findProgram(name: string, searchPath: string): Promise<string | null> {
  const places = isAbsolute(name) ? [name] : searchPath.split(delimiter).map((p) => join(p, name));
  for (const place of process.platform === 'win32' ? places.map((p) => `${p}.exe`) : places) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place;
  }
  return null;
}

/** The machine's own ffmpeg. Throws `UnfitFfmpeg` with what it lacks. */
export async function openMachineFfmpeg(
  program: string,
  searchPath: string,
  folders: WorkFolders,
): Promise<Ffmpeg & { readonly confinement: string }> {
  const env = { PATH: searchPath, LANG: 'C', MALLOC_ARENA_MAX: '2' };
  const facts = await lookAt(program, env);
  const cage = await findCage(program, env);
  const turns = new Turns();
  const closing = new AbortController();
  return {
    kind: 'machine',
    ...facts,
    confinement: cage.name,
    inFolder: (work) => folders.inFolder(work),
    run(args, run) {
      const signal = AbortSignal.any([run.signal, closing.signal]);
      return turns.take(signal, () => start(program, args, { ...run, signal }, { env, cage }));
    },
    async close() {
      closing.abort(new Error('the server stops'));
    },
  };
}

async function lookAt(program: string, env: NodeJS.ProcessEnv) {
  const options = { env, timeout: ASK_MS, maxBuffer: 4_000_000 };
  const tell = async (what: string) =>
    (await ask(program, ['-nostdin', '-hide_banner', what], options)).stdout;
  const said = await tell('-version');
  // Builds from the repository call themselves N-12345 or git-2024….
  const version = /^ffmpeg version (\S+)/.exec(said)?.[1] ?? 'unknown';
  const major = Number(/^n?(\d+)\./.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);
  if (major < OLDEST_MAJOR) {
    throw new UnfitFfmpeg(
      `it is version ${version}, and ${OLDEST_MAJOR} is the oldest that is used`,
    );
  }
  const named = async (what: string) =>
    new Set([...(await tell(what)).matchAll(/^ [A-Z.|]{2,6} +(\S+) /gm)].map(([, name]) => name));
  const [encoders, filters, decoders] = await Promise.all([
    named('-encoders'),
    named('-filters'),
    named('-decoders'),
  ]);
  const missing = [
    ...NEEDED.encoders.filter((name) => !encoders.has(name)),
    ...NEEDED.filters.filter((name) => !filters.has(name)),
  ];
  if (missing.length > 0) throw new UnfitFfmpeg(`it was built without ${missing.join(', ')}`);
  const decodes = (Object.keys(DECODERS) as VideoCodec[]).filter((codec) =>
    DECODERS[codec].some((name) => decoders.has(name)),
  );
  return {
    version: version.replace(/^n/, ''),
    decodes: new Set(decodes),
    toneMaps: filters.has('zscale') && filters.has('tonemap'),
  };
}

/** What a run is started with, so that it can do less. */
interface Cage {
  readonly name: string;
  readonly words: readonly string[];
}

const LIMITED =
  'ulimit -v "$1" || :; ulimit -f "$2" || :; ulimit -t "$3" || :; ulimit -c 0 || :; shift 3; exec nice -n 10 "$@"';
/** No network, and dead when this process dies. */
const CAGES: readonly Cage[] = [
  {
    name: 'no network',
    words: ['unshare', '-rn', '--', 'setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', LIMITED],
  },
  { name: 'limits', words: ['setpriv', '--pdeathsig', 'KILL', '--', 'sh', '-c', LIMITED] },
  { name: 'limits', words: ['sh', '-c', LIMITED] },
];

/** The best that this machine allows. */
async function findCage(program: string, env: NodeJS.ProcessEnv): Promise<Cage> {
  const options = { env, timeout: ASK_MS };
  for (const cage of CAGES) {
    const [first = '', ...rest] = cage.words;
    const line = [...rest, 'sh', String(MEMORY_BYTES / 1024), '1000', '60', program, '-version'];
    if (
      await ask(first, line, options).then(
        () => true,
        () => false,
      )
    )
      return cage;
  }
  return { name: 'none', words: [] };
}

interface Way {
  readonly env: NodeJS.ProcessEnv;
  readonly cage: Cage;
}

const FIRST_WORDS = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-y'];
const PROGRESS = ['-progress', 'pipe:1', '-nostats'];

function start(program: string, args: readonly string[], run: Run, way: Way): Promise<void> {
  const { cage, env } = way;
  const { limits, folder } = run;
  const { memoryBytes = MEMORY_BYTES, fileBytes, timeoutMs } = limits;
  const allocation = String(Math.min(ALLOCATION_MAX, memoryBytes));
  const line = [program, ...FIRST_WORDS, '-max_alloc', allocation, ...PROGRESS, ...args];
  // ulimit counts KiB, blocks of 512 bytes (1,024 in some shells) and seconds of CPU.
  const cpuSeconds = Math.ceil((timeoutMs / 1000) * availableParallelism()) + 1;
  const figures = [memoryBytes / 1024, fileBytes / 512, cpuSeconds].map((n) =>
    String(Math.ceil(n)),
  );
  const caged = cage.words.length > 0 ? [...cage.words, 'sh', ...figures, ...line] : line;
  const [first = program, ...rest] = caged;
  const child = spawn(first, rest, {
    cwd: folder,
    env: { ...env, HOME: folder, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  return watch(running(child), run);
}

function running(child: ChildProcess): Running {
  let said = '';
  const listeners = new Set<(seconds: number) => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8_000);
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const micros = [...text.matchAll(/^out_time_us=(\d+)/gm)].at(-1)?.[1];
    if (micros) for (const hear of listeners) hear(Number(micros) / 1e6);
  });
  const ended = closedBy(child).then(({ code, signal }) => {
    if (code === 0) return;
    throw new FfmpegFailed(judge(code, signal, said), said || `${code ?? signal}`);
  });
  return { ended, kill: killable(child), onProgress: (hear) => void listeners.add(hear) };
}

function judge(code: number | null, signal: NodeJS.Signals | null, said: string) {
  // A shell tells of a signal as 128 and its number.
  if (signal === 'SIGXCPU' || code === 152) return 'timeout';
  if (signal === 'SIGXFSZ' || code === 153 || /File too large/.test(said)) return 'too_large';
  if (/Cannot allocate memory|Out of memory|std::bad_alloc/i.test(said)) return 'memory';
  if (signal === 'SIGKILL' || signal === 'SIGTERM') return 'killed';
  // 255: ffmpeg was asked by a signal to end.
  if (code === 255 && /received signal/.test(said)) return 'killed';
  return signal === null ? 'refused' : 'crashed';
}
