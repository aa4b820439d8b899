import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, isMissing, unlessMissing } from './file-errors.ts';
import { ROOT_FILE } from './keys.ts';

/** What a root knows of itself and of the others, in its `root.json`. */
export interface RootFacts {
  readonly id: string;
  /** Buckets that a scrub has still to bring here; none: the root is as full as it should be. */
  readonly toFill: readonly number[];
  /** The other roots by path, as they were when all were last there. */
  readonly peers: Readonly<Record<string, Peer>>;
  /** True when files were found without a `root.json`: of before there were several roots. */
  readonly fresh: 'empty' | 'used' | null;
}

export interface Peer {
  readonly id: string;
  /** Where its file system was mounted; a path that lies elsewhere now is a disk that is not there. */
  readonly mount: string;
}

/** The root's facts; made, durably, where there are none. Two processes at once agree on one. */
export async function establishRoot(path: string, drafts: string): Promise<RootFacts> {
  const known = await readRootFacts(path);
  if (known) return known;
  const names = (await readdir(path)).filter((name) => join(path, name) !== drafts);
  const fresh = names.some((name) => !name.startsWith('.') && name !== 'lost+found');
  const facts: RootFacts = {
    id: randomBytes(8).toString('hex'),
    toFill: [],
    peers: {},
    fresh: fresh ? 'used' : 'empty',
  };
  const draft = join(drafts, randomBytes(16).toString('hex'));
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify({ ...facts, fresh: null }));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, join(path, ROOT_FILE));
    return facts;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const theirs = await readRootFacts(path);
    if (!theirs) throw error;
    return theirs;
  } finally {
    await rm(draft, { force: true });
  }
}

/** null when there are none. */
export async function readRootFacts(path: string): Promise<RootFacts | null> {
  let text: string;
  try {
    text = await readFile(join(path, ROOT_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const found = parse(text);
  if (!found) {
    throw new Error(`${join(path, ROOT_FILE)} is damaged; remove it to have it made anew`);
  }
  return found;
}

function parse(text: string): RootFacts | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { id, toFill, peers } = Object(value) as Partial<RootFacts>;
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return null;
  return {
    id,
    toFill: Array.isArray(toFill) ? toFill.filter((bucket) => Number.isInteger(bucket)) : [],
    peers: Object(peers) as RootFacts['peers'],
    fresh: null,
  };
}

/** Puts a durable draft of the facts in their place. */
export async function writeRootFacts(path: string, draft: string): Promise<void> {
  await rename(draft, join(path, ROOT_FILE));
}

/** Where the file system that holds `path`, or would hold it, is mounted. */
export async function mountOf(path: string): Promise<string> {
  const found = await stat(path).catch(unlessMissing);
  if (!found) return await mountOf(dirname(path));
  let mount = path;
  for (;;) {
    const above = dirname(mount);
    if (above === mount || (await stat(above)).dev !== found.dev) return mount;
    mount = above;
  }
}
