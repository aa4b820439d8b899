/**
 * Runs ffmpeg in WebAssembly once, in a process of its own. It hears what to do in its first message,
 * tells its progress, and at last how it went.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type EmscriptenFs, folderFs } from './wasm-folder.ts';

export interface Order {
  readonly args: readonly string[];
  readonly folder: string;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  /** Where `@ffmpeg/core` is. */
  readonly script: string;
  readonly binary: string;
}
/** `code`: as a program ends with; null: it was cut off within. */
export type Told =
  | { readonly seconds: number }
  | { readonly code: number | null; readonly said: string };

interface Core {
  readonly FS: EmscriptenFs;
  readonly ret: number;
  exec(...args: string[]): number;
  setLogger(hear: (line: { readonly type: string; readonly message: string }) => void): void;
  setProgress(hear: (at: { readonly time: number }) => void): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE_BYTES = 65_536;
const SAID_MAX = 8_000;

process.once('message', (order: Order) => {
  work(order)
    .then((told) => tell(told, () => process.disconnect()))
    .catch((error: Error) => {
      tell({ code: null, said: error.stack ?? error.message }, () => process.disconnect());
    });
});

function tell(told: Told, then?: () => void): void {
  process.send?.(told, undefined, undefined, then);
}

async function work(order: Order): Promise<Told> {
  const { args, folder, fileBytes, memoryBytes } = order;
  limitMemory(memoryBytes);
  const core = await loadCore(order);
  core.FS.mkdir('/work');
  core.FS.mount(folderFs(core.FS, folder, fileBytes), {}, '/work');
  core.FS.chdir('/work');
  let said = '';
  core.setLogger(({ message }) => {
    said = `${said}${message}\n`.slice(-SAID_MAX);
  });
  let last = 0;
  core.setProgress(({ time }) => {
    const seconds = time / 1e6;
    if (!(seconds > last)) return;
    last = seconds;
    tell({ seconds });
  });
  const code = core.exec(...args);
  return { code, said };
}

/** Its memory can grow to 2 GB by itself. What it does not get it takes for the end of the machine's. */
function limitMemory(bytes: number): void {
  // The library of types that we compile with does not know of WebAssembly.
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: { prototype: Memory } };
  };
  const { prototype } = WebAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function (this: Memory, pages: number) {
    if (this.buffer.byteLength + pages * PAGE_BYTES > bytes) throw new RangeError('no more memory');
    return grow.call(this, pages);
  };
}

/** The package is made for web workers, and asks for what those have. */
async function loadCore({ script, binary }: Order): Promise<Core> {
  Object.assign(globalThis, { self: globalThis, location: { href: 'file:///' } });
  const create = createRequire(import.meta.url)(script) as (options: object) => Promise<Core>;
  const wasmBinary = readFileSync(binary);
  return await create({ wasmBinary, locateFile: (name: string) => name });
}
