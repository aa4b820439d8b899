import { link, readdir, rename, stat, unlink } from 'node:fs/promises';
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
 * Gives a content that is here (or that `draft` brings) the key's name, durably. Throws `ObjectGone` when
 * the content is not here after all, so that a draft is needed. The draft is used up, whatever comes of it.
 */
export async function nameObject(
  root: Root,
  { key, hash, size }: Naming,
  draft: string | null,
): Promise<void> {
  const target = root.pathOf(key);
  try {
    // A content of which only the name would be lost with the power could be linked twice and have no
    // object then. A content that is new has one link at most, which tells the scrubber to look.
    if (!draft) await root.folders.sync(dirname(objectPath(root, hash)));
    await nameVariant(root, { key, hash, size }, draft);
  } catch (error) {
    if (draft) await remove(draft);
    throw error;
  }
  await root.folders.sync(dirname(target));
}

async function nameVariant(root: Root, { key, hash, size }: Naming, draft: string | null) {
  const target = root.pathOf(key);
  for (let variant = 0; variant <= VARIANTS_MAX; variant += 1) {
    const object = objectPath(root, hash, variant);
    if (draft && (await linkAnew(root, draft, object))) {
      await inFolder(root, target, draft, () => rename(draft, target));
      return;
    }
    // Another process was faster; or it is there and bad, which the scrubber sees to.
    if (draft && !isGood(await inodeOf(object), size)) continue;
    if (!(await linkKey(root, object, target))) continue;
    if (draft) await remove(draft);
    return;
  }
  throw new Error(`too many links of the content ${hash}`);
}

/** Says false when `target` is there already. */
async function linkAnew(root: Root, from: string, target: string): Promise<boolean> {
  try {
    await inFolder(root, target, from, () => link(from, target));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Makes a name for the file `from`, and its folder when that is missing; another request may remove the
 * folder, empty then, meanwhile. Throws `ObjectGone` when there is no `from`.
 */
async function inFolder(root: Root, target: string, from: string, name: () => Promise<void>) {
  for (let tries = RETRIES; ; tries -= 1) {
    try {
      return await name();
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (!(await inodeOf(from))) throw new ObjectGone(from);
      if (tries === 0) throw error;
    }
    await root.folders.make(dirname(target));
  }
}

/** Says false when the object has as many links as the file system takes. */
async function linkKey(root: Root, object: string, target: string): Promise<boolean> {
  try {
    if (!(await linkAnew(root, object, target))) await replaceKey(root, object, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EMLINK') return false;
    throw error;
  }
}

async function replaceKey(root: Root, object: string, target: string): Promise<void> {
  const [wanted, found] = await Promise.all([inodeOf(object), inodeOf(target)]);
  if (wanted && found?.ino === wanted.ino) return;
  const draft = root.draftPath();
  await inFolder(root, draft, object, () => link(object, draft));
  try {
    await rename(draft, target);
  } finally {
    // Two names of one file: `rename` leaves both.
    await remove(draft);
  }
}

/** Removes a file; none is no error. */
async function remove(path: string): Promise<void> {
  await unlink(path).catch(unlessMissing);
}

/** Removes an object that no key names any more. Says whether it did. */
export async function removeUnnamed(path: string): Promise<boolean> {
  if ((await inodeOf(path))?.links !== 1) return false;
  await remove(path);
  return true;
}

/** What stands for a content in turns: enough of its hash. */
export function turnOf(contentHash: string): string {
  return `content ${contentHash.slice(0, HINT_LENGTH)}`;
}
