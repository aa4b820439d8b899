import { fork } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Ffmpeg, FfmpegFailed, MEMORY_BYTES, OUT_OF_MEMORY, type Run } from './ffmpeg.ts';
import { closedBy, killable, type Running, watch } from './running.ts';
import { Turns } from './turns.ts';
import type { Order, Told } from './wasm-child.ts';
import type { WorkFolders } from './work-folders.ts';

/** Of `@ffmpeg/core` 0.12.10; a test asks the thing itself. */
export const WASM_FACTS = {
  kind: 'wasm',
  version: '5.1.4',
  decodes: new Set(['h264', 'hevc', 'vp8', 'vp9', 'gif'] as const),
  toneMaps: true,
} as const;
/** For its JavaScript; files do not lie in it. */
const HEAP_MB = 256;
const FIRST_WORDS = ['-hide_banner', '-loglevel', 'error'];

/** ffmpeg in WebAssembly, from npm: slow, but a crash or a hole in it harms nothing outside of its memory. */
export function openWasmFfmpeg(folders: WorkFolders): Ffmpeg {
  const turns = new Turns();
  const closing = new AbortController();
  return {
    ...WASM_FACTS,
    inFolder: (work) => folders.inFolder(work),
    run(args, run) {
      const signal = AbortSignal.any([run.signal, closing.signal]);
      return turns.take(signal, () => start(args, { ...run, signal }));
    },
    async close() {
      closing.abort(new Error('the server stops'));
    },
  };
}

function start(args: readonly string[], run: Run): Promise<void> {
  const { folder, limits } = run;
  const core = findCore();
  const child = fork(join(import.meta.dirname, 'wasm-child.ts'), [], {
    cwd: folder,
    env: {},
    execArgv: [
      `--max-old-space-size=${HEAP_MB}`,
      '--permission',
      `--allow-fs-read=${import.meta.dirname}/*`,
      `--allow-fs-read=${core.packageFolder}/*`,
      `--allow-fs-read=${folder}/*`,
      `--allow-fs-write=${folder}/*`,
    ],
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  let said = '';
  let told: Extract<Told, { code: number | null }> | null = null;
  const listeners = new Set<(seconds: number) => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8_000);
  });
  child.on('message', (message: Told) => {
    if ('code' in message) told = message;
    else for (const hear of listeners) hear(message.seconds);
  });
  const ended = closedBy(child).then(({ code, signal }) => judge(told, said, code ?? signal));
  const { fileBytes, memoryBytes = MEMORY_BYTES } = limits;
  const order: Order = {
    args: [...FIRST_WORDS, ...args],
    ...{ folder, fileBytes, memoryBytes, script: core.script, binary: core.binary },
  };
  // When it could not be started, its end tells why.
  child.send(order, () => {});
  const running: Running = {
    ended,
    kill: killable(child),
    onProgress: (hear) => void listeners.add(hear),
  };
  return watch(running, run);
}

/** Real paths, because the child may read nothing else. */
function findCore() {
  const require = createRequire(import.meta.url);
  const script = realpathSync(require.resolve('@ffmpeg/core'));
  const binary = realpathSync(require.resolve('@ffmpeg/core/wasm'));
  return { script, binary, packageFolder: resolve(dirname(script), '..', '..') };
}

function judge(told: { code: number | null; said: string } | null, said: string, how: unknown) {
  if (told?.code === 0 && !OUT_OF_MEMORY.test(told.said)) return;
  const text = told?.said || said || String(how);
  if (/File too large/.test(text)) throw new FfmpegFailed('too_large', text);
  if (OUT_OF_MEMORY.test(text) || /heap limit/.test(text)) {
    throw new FfmpegFailed('memory', text);
  }
  if (!told)
    throw new FfmpegFailed(how === 'SIGKILL' || how === 'SIGTERM' ? 'killed' : 'crashed', text);
  throw new FfmpegFailed(told.code === null || told.code < 0 ? 'crashed' : 'refused', text);
}
