import { link, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BlobKey } from './blobs.ts';
import { codeOf, isMissing, ObjectGone, unlessMissing } from './file-errors.ts';
import { FOLDERS, HINT_LENGTH } from './keys.ts';
import type { Root } from './root.ts';

/**
 * Contents, each once in a root: `objects/abc/<sha256>`, of which the keys are hard links. So the file
 * system counts the references, and no crash can make the count wrong. 4,096 folders: few enough to be
 * there soon, enough to stay short. A file system takes only so many links of a file (ext4: 65,000);
 * after that a second copy `<sha256>~1` is made.
 */
const OBJECT_NAME = /^([0-9a-f]{64})(~[1-9][0-9]{0,3})?$/;
const VARIANTS_MAX = 9999;
const FOLDER_DIGITS = 3;
const RETRIES = 10;

/** A file as the file system knows it. */
export interface Inode {
  readonly ino: bigint;
  readonly links: number;
  /** Bytes */
  readonly size: number;
  /** Milliseconds since 1970; when its content was last found whole. 0: it was found bad. */
  readonly verifiedAt: number;
}

/** null when there is no file. */
export async function inodeOf(path: string): Promise<Inode | null> {
  const found = await stat(path, { bigint: true }).catch(unlessMissing);
  if (!found?.isFile()) return null;
  const { ino, nlink, size, mtimeMs } = found;
  return { ino, links: Number(nlink), size: Number(size), verifiedAt: Number(mtimeMs) };
}

export function objectPath(root: Root, contentHash: string, variant = 0): string {
  const name = variant === 0 ? contentHash : `${contentHash}~${variant}`;
  return join(root.path, FOLDERS.objects, contentHash.slice(0, FOLDER_DIGITS), name);
}

/** The content that the name of an object says. */
export function objectHash(path: string): string {
  return OBJECT_NAME.exec(basename(path))?.[1] ?? '';
}

/** The folders of a scrub's bucket that are there, and the names in each. */
export async function listObjects(root: Root, bucket: number | null): Promise<string[]> {
  const top = join(root.path, FOLDERS.objects);
  const digits = bucket === null ? '' : bucket.toString(16).padStart(2, '0');
  const folders = (await namesIn(top)).filter((name) => name.startsWith(digits));
  const paths: string[] = [];
  for (const folder of folders.sort()) {
    const names = (await namesIn(join(top, folder))).filter((name) => OBJECT_NAME.test(name));
    for (const name of names.sort()) paths.push(join(top, folder, name));
  }
  return paths;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(unlessMissing)) ?? [];
}

/** The object that a key's file is a link of, looked for among those whose hashes begin with `hint`. */
export async function findObject(
  root: Root,
  { ino }: Inode,
  hint: string,
): Promise<{ path: string; hash: string } | null> {
  const folder = join(root.path, FOLDERS.objects, hint.slice(0, FOLDER_DIGITS));
  for (const name of await namesIn(folder)) {
    if (!name.startsWith(hint) || !OBJECT_NAME.test(name)) continue;
    const path = join(folder, name);
    if ((await inodeOf(path))?.ino === ino) return { path, hash: objectHash(path) };
  }
  return null;
}

/** True when the content is there, as far as is known whole, so that a link is all that a key needs. */
export async function hasObject(root: Root, contentHash: string, size: number): Promise<boolean> {
  const found = await inodeOf(objectPath(root, contentHash));
  return isGood(found, size);
}

export function isGood(inode: Inode | null, size: number): inode is Inode {
  return inode !== null && inode.size === size && inode.verifiedAt > 0;
}

export interface Naming {
  readonly key: BlobKey;
  readonly hash: string;
  readonly size: number;
}

/**
 * Gives a content that is here (or that `draft` brings) the key's name, durably. Says whether the key was
 * new; `replaced`: it named another file before. Throws `ObjectGone` when the content is not here
 * after all, so that a draft is needed. The draft is used up, whatever comes of it.
 */
export async function nameObject(
  root: Root,
  { key, hash, size }: Naming,
  draft: string | null,
): Promise<'new' | 'same' | 'replaced'> {
  try {
    // A content of which only the name would be lost with the power could be linked twice and have no
    // object then. A content that is new has one link at most, which tells the scrubber to look.
    if (!draft) await root.folders.sync(dirname(objectPath(root, hash)));
    const outcome = await nameVariant(root, { key, hash, size }, draft);
    await Promise.all([
      root.folders.sync(dirname(root.pathOf(key))),
      draft ? rm(draft, { force: true }) : null,
    ]);
    return outcome;
  } catch (error) {
    if (draft) await rm(draft, { force: true });
    throw error;
  }
}

async function nameVariant(root: Root, { key, hash, size }: Naming, draft: string | null) {
  for (let variant = 0; variant <= VARIANTS_MAX; variant += 1) {
    const object = objectPath(root, hash, variant);
    if (draft && !(await linkAnew(root, draft, object))) {
      // Another process was faster; or it is there and bad, which the scrubber sees to.
      if (!isGood(await inodeOf(object), size)) continue;
    }
    const outcome = await linkKey(root, object, root.pathOf(key));
    if (outcome !== 'no more links') return outcome;
  }
  throw new Error(`too many links of the content ${hash}`);
}

/** Says false when `target` is there already. */
async function linkAnew(root: Root, from: string, target: string): Promise<boolean> {
  try {
    await linkInto(root, from, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Links, and makes the folder when it is missing; another request may remove it, empty then, meanwhile. */
async function linkInto(root: Root, from: string, target: string): Promise<void> {
  for (let tries = RETRIES; ; tries -= 1) {
    try {
      await link(from, target);
      return;
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (!(await inodeOf(from))) throw new ObjectGone(from);
      if (tries === 0) throw error;
    }
    await root.folders.make(dirname(target));
  }
}

async function linkKey(root: Root, object: string, target: string) {
  try {
    return (await linkAnew(root, object, target)) ? 'new' : await replaceKey(root, object, target);
  } catch (error) {
    if (codeOf(error) === 'EMLINK') return 'no more links';
    throw error;
  }
}

async function replaceKey(root: Root, object: string, target: string) {
  const [wanted, found] = await Promise.all([inodeOf(object), inodeOf(target)]);
  if (wanted && found?.ino === wanted.ino) return 'same';
  const draft = root.draftPath();
  await linkInto(root, object, draft);
  try {
    await rename(draft, target);
  } finally {
    // Two names of one file: `rename` leaves both.
    await rm(draft, { force: true });
  }
  return 'replaced';
}

/** Removes an object that no key names any more. Says whether it did. */
export async function removeUnnamed(path: string): Promise<boolean> {
  if ((await inodeOf(path))?.links !== 1) return false;
  await rm(path, { force: true });
  return true;
}

/** What stands for a content in turns: enough of its hash. */
export function turnOf(contentHash: string): string {
  return `content ${contentHash.slice(0, HINT_LENGTH)}`;
}
