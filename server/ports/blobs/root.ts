import { hash, randomBytes } from 'node:crypto';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobKey } from './blobs.ts';
import { type DurableFolders, keepFoldersDurable, syncFolder } from './durable-folders.ts';
import { isFull, isIll, unlessMissing } from './file-errors.ts';
import { FOLDERS, HINT_LENGTH } from './keys.ts';
import { establishRoot, type RootFacts, readRootFacts, writeRootFacts } from './root-facts.ts';

/** One folder that files lie in, with what is known of it while it can be reached. */
export interface Root {
  readonly path: string;
  readonly folders: DurableFolders;
  /** What its `root.json` says. */
  readonly facts: RootFacts;
  pathOf(key: BlobKey): string;
  /** Where a new file may grow. */
  draftPath(): string;
  /** Gives `fill` a new file, syncs it, and says where it is. When it rejects, nothing remains. */
  draft(fill: (file: FileHandle) => Promise<void>): Promise<string>;
  /** Rejects when nothing can be written here. */
  check(): Promise<void>;
  /** Says whether the folder is still there and the same. */
  isThere(): Promise<boolean>;
  /** Keeps changed facts, durably. */
  keepFacts(change: Partial<RootFacts>): Promise<void>;
  /** Removes drafts last written before `before` (a crash left them). Gives how many. */
  sweepDrafts(before: Date): Promise<number>;
  space(): Promise<{ free: number; total: number }>;
}

/**
 * Opens a root, and makes it when its folder is empty or holds files of before there were several roots.
 * Throws when it cannot be reached, or its file system has no hard links.
 */
export async function openRoot(path: string): Promise<Root> {
  const drafts = join(path, FOLDERS.drafts);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await mkdir(drafts, { recursive: true });
  await demandHardLinks(path, drafts);
  let facts = await establishRoot(path, drafts);
  const folders = keepFoldersDurable(path);
  await folders.sync(path);
  await syncFolder(dirname(path));
  const draftPath = () => join(drafts, randomBytes(16).toString('hex'));

  async function draft(fill: (file: FileHandle) => Promise<void>): Promise<string> {
    const target = draftPath();
    const file = await open(target, 'wx', 0o600);
    try {
      try {
        await fill(file);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(target, { force: true });
      throw error;
    }
    return target;
  }

  return {
    path,
    folders,
    get facts() {
      return facts;
    },
    pathOf: (key) => join(path, key),
    draftPath,
    draft,
    async check() {
      await unlink(await draft((file) => file.writeFile('x')));
    },
    async isThere() {
      const found = await readRootFacts(path).catch(() => null);
      return found?.id === facts.id;
    },
    async keepFacts(change) {
      facts = { ...facts, ...change };
      await writeRootFacts(path, await draft((file) => file.writeFile(JSON.stringify(facts))));
      await folders.sync(path);
    },
    async sweepDrafts(before) {
      let swept = 0;
      for (const name of await readdir(drafts)) {
        const found = await stat(join(drafts, name)).catch(unlessMissing);
        if (!found || found.mtimeMs >= before.getTime()) continue;
        await rm(join(drafts, name), { force: true });
        swept += 1;
      }
      return swept;
    },
    async space() {
      const { bavail, blocks, bsize } = await statfs(path);
      return { free: bavail * bsize, total: blocks * bsize };
    },
  };
}

async function demandHardLinks(path: string, drafts: string): Promise<void> {
  const one = join(drafts, randomBytes(16).toString('hex'));
  const other = `${one}-link`;
  try {
    const file = await open(one, 'wx', 0o600);
    await file.close();
    await link(one, other);
    const [a, b] = await Promise.all([stat(one), stat(other)]);
    if (a.nlink < 2 || a.ino !== b.ino) throw new Error('the link is a copy');
  } catch (error) {
    // That it has no links, it does not say.
    if (isFull(error)) return;
    if (isIll(error)) throw error;
    throw new Error(
      `The file system of ${path} has no hard links, by which files are kept once and counted. Put files on another one (ext4, XFS, Btrfs, ZFS, APFS and NTFS have them; FAT and exFAT do not).`,
      { cause: error },
    );
  } finally {
    await rm(other, { force: true });
    await rm(one, { force: true });
  }
}

/**
 * Roots in the order in which a content wants them: highest random weight (Thaler and Ravishankar, 1998).
 * Each content has its own order, the same in every process; when a root comes or goes, only contents
 * that want it move.
 */
export function inOrderOfWeight<R extends { readonly facts: { readonly id: string } }>(
  roots: readonly R[],
  contentHash: string,
): R[] {
  if (roots.length < 2) return [...roots];
  const hint = contentHash.slice(0, HINT_LENGTH);
  return roots
    .map((root) => ({ root, weight: hash('sha256', `${root.facts.id} ${hint}`, 'hex') }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ root }) => root);
}

/** Moves a durable draft to where it appears at once, and makes that durable. */
export async function moveDraft(root: Root, draft: string, target: string): Promise<void> {
  try {
    await root.folders.make(dirname(target));
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await root.folders.sync(dirname(target));
}
