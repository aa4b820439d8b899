import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Ffmpeg,
  FfmpegFailed,
  MEMORY_BYTES,
  OUT_OF_MEMORY,
  type Run,
  VIDEO_CODECS,
} from './ffmpeg.ts';
import { closedBy, killable, type Running, watch } from './running.ts';
import { Turns } from './turns.ts';
import type { WorkFolders } from './work-folders.ts';

const ask = promisify(execFile);
const ASK_MS = 10_000;
const OLDEST_MAJOR = 5;
/** A single allocation: a frame of 50 MP with ten bits has 150 MB. */
const ALLOCATION_MAX = 256 * 1024 ** 2;

/** Left out, or taken apart: what is in such a build is not worth finding out. */
const CUT_DOWN =
  /--disable-(everything|encoders?|decoders?|filters?|muxers?|demuxers?|protocols?|avfilter|swscale)\b/;

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
  const { cage, said } = await lookAt(program, env);
  const facts = readFacts(said);
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

/** What it is able to do, by what it says of how it was built. */
function readFacts(said: string): Pick<Ffmpeg, 'version' | 'decodes' | 'toneMaps'> {
  // Builds from the repository call themselves N-12345 or git-2024….
  const version = /^ffmpeg version n?(\S+)/.exec(said)?.[1] ?? 'unknown';
  const major = Number(/^(\d+)\./.exec(version)?.[1] ?? Number.POSITIVE_INFINITY);
  if (major < OLDEST_MAJOR) {
    throw new UnfitFfmpeg(
      `it is version ${version}, and ${OLDEST_MAJOR} is the oldest that is used`,
    );
  }
  const built = /^\s*configuration:(.*)$/m.exec(said)?.[1] ?? '';
  const has = (library: string) => built.includes(`--enable-${library}`);
  if (!has('libx264')) throw new UnfitFfmpeg('it was built without x264');
  if (CUT_DOWN.test(built)) throw new UnfitFfmpeg('it was built without some of its own parts');
  // Its own AV1 decoder needs a graphics card.
  const av1 = has('libdav1d') || has('libaom');
  const decodes = VIDEO_CODECS.filter((codec) => codec !== 'av1' || av1);
  return { version, decodes: new Set(decodes), toneMaps: has('libzimg') };
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

/** The best cage that this machine allows, and what the program says of itself in it. */
async function lookAt(program: string, env: NodeJS.ProcessEnv) {
  const limits = ['sh', String(MEMORY_BYTES / 1024), '1000', '60'];
  const ways = CAGES.map((cage) => ({ cage, line: [...cage.words, ...limits, program] }));
  const none: Cage = { name: 'none', words: [] };
  let why = '';
  for (const { cage, line } of [...ways, { cage: none, line: [program] }]) {
    const [first = program, ...rest] = [...line, '-version'];
    try {
      const { stdout: said } = await ask(first, rest, { env, timeout: ASK_MS });
      return { cage, said };
    } catch (error) {
      why = (error as Error).message.split('\n')[0] ?? '';
    }
  }
  throw new UnfitFfmpeg(`it cannot be run (${why})`);
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
    if (code === 0 && !OUT_OF_MEMORY.test(said)) return;
    throw new FfmpegFailed(judge(code, signal, said), said || `${code ?? signal}`);
  });
  return { ended, kill: killable(child), onProgress: (hear) => void listeners.add(hear) };
}

function judge(code: number | null, signal: NodeJS.Signals | null, said: string) {
  // A shell tells of a signal as 128 and its number.
  if (signal === 'SIGXCPU' || code === 152) return 'timeout';
  if (signal === 'SIGXFSZ' || code === 153 || /File too large/.test(said)) return 'too_large';
  if (OUT_OF_MEMORY.test(said)) return 'memory';
  if (signal === 'SIGKILL' || signal === 'SIGTERM') return 'killed';
  // 255: ffmpeg was asked by a signal to end.
  if (code === 255 && /received signal/.test(said)) return 'killed';
  return signal === null ? 'refused' : 'crashed';
}
