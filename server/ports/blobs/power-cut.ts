import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { type PathLike } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * For tests: runs code on the real file system up to a given step, a step being a call that changes
 * something on disk, and then lets it do nothing more, as if it had been killed. With `power` it also
 * takes back what was not synced: contents of files, and names in folders.
 */
export interface Life {
  /** Steps that were begun. */
  readonly steps: number;
  /** False when it came to its end before the given step. */
  readonly cut: boolean;
}

interface Running {
  steps: number;
  readonly last: number;
  dead: boolean;
  readonly die: () => void;
  readonly inFlight: Set<Promise<unknown>>;
  /** To be closed after death, as the kernel does. */
  readonly handles: FileHandle[];
  /** null: nothing is taken back. */
  readonly unsynced: Unsynced | null;
}

/** What would be lost with the power. */
interface Unsynced {
  /** Where removed files are kept; on the same file system, beside what is tested. */
  readonly grave: string;
  count: number;
  names: { readonly folder: string; undo(): void }[];
  /** Content before the first write since it was synced, by inode. */
  readonly contents: Map<number, { readonly link: string; readonly before: Buffer }>;
}

type Call = (...args: readonly string[]) => Promise<unknown>;
type Names = Record<string, Call>;

const lives = new AsyncLocalStorage<Running>();
const opened = new WeakMap<FileHandle, { path: string; isNew: boolean }>();
const hang = new Promise<never>(() => {});
let patched = false;

/** Runs `work` until it ends or begins step `last`. What it throws before that is thrown. */
export async function live(
  work: () => Promise<void>,
  last: number,
  { power, die }: { power: string | null; die?: () => void },
): Promise<Life> {
  if (!patched) await patch();
  const { promise: death, resolve } = Promise.withResolvers<void>();
  const unsynced: Unsynced | null = power
    ? { grave: power, count: 0, names: [], contents: new Map() }
    : null;
  if (power) fs.mkdirSync(power, { recursive: true });
  const running: Running = {
    steps: 0,
    last,
    dead: false,
    die: die ?? resolve,
    inFlight: new Set(),
    handles: [],
    unsynced,
  };
  await lives.run(running, () => Promise.race([work(), death]));
  const { dead: cut, steps } = running;
  running.dead = true;
  while (running.inFlight.size > 0) await Promise.allSettled(running.inFlight);
  await Promise.all(running.handles.map((handle) => handle.close()));
  // Also when it came to its end: the power may fail right after the last answer.
  if (unsynced) takeBack(unsynced);
  return { steps, cut };
}

function takeBack({ names, contents }: Unsynced): void {
  for (const { link, before } of contents.values()) fs.writeFileSync(link, before);
  for (const { undo } of names.toReversed()) undo();
}

async function patch(): Promise<void> {
  patched = true;
  const promises = fs.promises as unknown as Names;
  const handle = await fs.promises.open(import.meta.filename);
  const methods = Object.getPrototypeOf(handle) as Names;
  await handle.close();
  wrap(
    promises,
    'open',
    (_this, [path = '', flags = 'r']) => flags !== 'r' && noteOpen(path, flags),
    true,
  );
  wrap(promises, 'link', (_this, [, to = '']) => noteNew(to));
  wrap(promises, 'rename', (_this, [from = '', to = '']) => noteRename(from, to));
  wrap(promises, 'unlink', (_this, [path = '']) => noteRemoval(path));
  wrap(promises, 'rm', (_this, [path = '']) => noteRemoval(path));
  wrap(promises, 'rmdir', (_this, [path = '']) => noteRmdir(path));
  wrap(promises, 'mkdir', (_this, [path = '']) => noteMkdir(path));
  wrap(promises, 'utimes', () => () => {});
  for (const name of ['stat', 'readdir', 'readFile', 'statfs']) wrap(promises, name, () => false);
  for (const name of ['write', 'writeFile', 'truncate']) wrap(methods, name, noteWrite);
  wrap(methods, 'sync', noteSync);
  for (const name of ['read', 'stat', 'readFile']) wrap(methods, name, () => false);
  syncBuiltinESMExports();
}

/** Called before the step; gives what is to be noted when it has succeeded; false: it is no step. */
type Note = (self: FileHandle, args: readonly string[]) => false | (() => void);

function wrap(owner: Names, name: string, note: Note, opens = false): void {
  const original = owner[name];
  if (!original) throw new Error(`no ${name} to wrap`);
  owner[name] = function (this: FileHandle, ...args: readonly string[]): Promise<unknown> {
    const life = lives.getStore();
    if (!life) return original.apply(this, [...args]);
    if (life.dead) return hang;
    const noted = note(this, args);
    if (noted !== false) life.steps += 1;
    if (life.steps >= life.last) {
      life.dead = true;
      life.die();
      return hang;
    }
    const done = original.apply(this, [...args]).then((value) => {
      if (opens) {
        life.handles.push(value as FileHandle);
        opened.set(value as FileHandle, { path: String(args[0]), isNew: args[1] === 'wx' });
      }
      if (noted !== false && life.unsynced) noted();
      return value;
    });
    life.inFlight.add(done);
    const left = () => life.inFlight.delete(done);
    done.then(left, left);
    return done.then(
      (value) => (life.dead ? hang : value),
      (error) => {
        if (life.dead) return hang;
        throw error;
      },
    );
  };
}

function lost(): Unsynced {
  const unsynced = lives.getStore()?.unsynced;
  if (!unsynced) throw new Error('nothing is noted in this life');
  return unsynced;
}

const tracks = () => lives.getStore()?.unsynced != null;

function noteName(path: string, undo: () => void): void {
  lost().names.push({ folder: dirname(path), undo });
}

/** A second name of a file, by which it can be brought back; null when there is no file. */
function bury(path: PathLike): string | null {
  const { grave } = lost();
  lost().count += 1;
  const link = join(grave, String(lost().count));
  try {
    fs.linkSync(path, link);
    return link;
  } catch {
    return null;
  }
}

function bringBack(link: string, path: string): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.rmSync(path, { force: true });
  fs.linkSync(link, path);
}

function noteNew(path: string) {
  return () => noteName(path, () => fs.rmSync(path, { force: true }));
}

function noteOpen(path: string, flags: string) {
  return flags === 'wx' ? noteNew(path) : () => {};
}

function noteRename(from: string, to: string) {
  const [moved, replaced] = tracks() ? [bury(from), bury(to)] : [null, null];
  return () => {
    noteName(from, () => moved && bringBack(moved, from));
    noteName(to, () => {
      if (replaced) bringBack(replaced, to);
      else fs.rmSync(to, { force: true });
    });
  };
}

function noteRemoval(path: string) {
  if (!tracks() || !fs.existsSync(path)) return () => {};
  if (fs.statSync(path).isDirectory()) {
    const names = fs.readdirSync(path).map((name) => [bury(join(path, name)), join(path, name)]);
    return () =>
      noteName(path, () => {
        for (const [link, name] of names) if (link && name) bringBack(link, name);
      });
  }
  const link = bury(path);
  return () => noteName(path, () => link && bringBack(link, path));
}

function noteRmdir(path: string) {
  return () => noteName(path, () => fs.mkdirSync(path, { recursive: true }));
}

function noteMkdir(path: string) {
  const made: string[] = [];
  for (let one = path; !fs.existsSync(one); one = dirname(one)) made.unshift(one);
  return () => {
    for (const one of made) noteName(one, () => fs.rmSync(one, { recursive: true, force: true }));
  };
}

function noteWrite(self: FileHandle) {
  const info = opened.get(self);
  if (!tracks() || !info) return () => {};
  const { ino } = fs.fstatSync(self.fd);
  if (!lost().contents.has(ino)) {
    const before = info.isNew ? Buffer.alloc(0) : fs.readFileSync(info.path);
    const link = bury(info.path);
    if (link) lost().contents.set(ino, { link, before });
  }
  return () => {};
}

function noteSync(self: FileHandle) {
  if (!tracks()) return () => {};
  const path = opened.get(self)?.path;
  const { ino } = fs.fstatSync(self.fd);
  // Only what was done before the sync began is sure to be in it.
  const covered = new Set(lost().names.filter(({ folder }) => folder === path));
  return () => {
    lost().contents.delete(ino);
    lost().names = lost().names.filter((one) => !covered.has(one));
  };
}
