import { type FileHandle, unlink } from 'node:fs/promises';
import type { BlobKey } from './blobs.ts';
import { demandAll, ObjectGone, shortage, unlessIll, unlessMissing } from './file-errors.ts';
import { hashHint } from './keys.ts';
import { hasObject, inodeOf, type Naming, nameObject, removeUnnamed, turnOf } from './objects.ts';
import { unlinkKey } from './remove.ts';
import type { Root } from './root.ts';
import type { Store } from './store.ts';

const RETRIES = 5;

/** A file that is to be kept, of known content. */
export interface NewFile extends Naming {
  /** Writes the content. */
  supply(file: FileHandle): Promise<void>;
  /** Durable drafts that hold it already. They are used up, whatever comes of it. */
  readonly drafts?: ReadonlyMap<Root, string>;
}

interface Held {
  readonly root: Root;
  /** null: the content is here already. */
  readonly draft: string | null;
  /** Whether the key named a file before. */
  readonly before: boolean;
}

/**
 * Keeps a file in as many roots as it should lie in, the ones that its content wants first. Resolves when
 * it is durable in all; when it rejects, nothing new remains. Throws `storage_full`, `storage_unavailable`.
 */
export async function placeFile(store: Store, file: NewFile): Promise<void> {
  await store.set.refresh();
  await store.turns(`key ${file.key}`, () =>
    store.turns(turnOf(file.hash), async () => {
      const held = await holdContent(store, file);
      await nameEverywhere(store, file, held);
    }),
  );
}

/** Brings the content, durably and not yet visible, to enough roots. */
async function holdContent(store: Store, file: NewFile): Promise<Held[]> {
  const { set } = store;
  const order = set.inOrder(file.hash);
  const held: Held[] = [];
  const reasons: unknown[] = [];
  try {
    while (held.length < set.copies) {
      const next = order.splice(0, set.copies - held.length);
      if (next.length === 0) throw shortage(reasons);
      const results = await Promise.allSettled(
        next.map((root) => hold(root, file, set.copies === 1)),
      );
      for (const [index, result] of results.entries()) {
        const root = next[index];
        if (result.status === 'fulfilled') held.push(result.value);
        else if (root && !(await store.noteFailure(root, result.reason))) throw result.reason;
        else reasons.push(result.reason);
      }
    }
    return held;
  } catch (error) {
    await discard(held.flatMap(({ draft }) => draft ?? []));
    throw error;
  } finally {
    const used = new Set(held.map(({ draft }) => draft));
    await discard([...(file.drafts?.values() ?? [])].filter((draft) => !used.has(draft)));
  }
}

async function hold(root: Root, file: NewFile, alone: boolean): Promise<Held> {
  // Only where others may fail when this one has succeeded.
  const before = alone ? false : (await inodeOf(root.pathOf(file.key))) !== null;
  if (await hasObject(root, file.hash, file.size)) return { root, draft: null, before };
  return { root, draft: file.drafts?.get(root) ?? (await root.draft(file.supply)), before };
}

async function nameEverywhere(store: Store, file: NewFile, held: readonly Held[]): Promise<void> {
  await store.tombstones.forget(file.key);
  const results = await Promise.allSettled(held.map((one) => nameIn(one, file)));
  const failed = results.flatMap((result) => (result.status === 'rejected' ? result.reason : []));
  if (failed.length > 0) {
    for (const [index, result] of results.entries()) {
      const one = held[index];
      if (!one) continue;
      if (result.status === 'rejected') await store.noteFailure(one.root, result.reason);
      if (!one.before) await forgetIn(one.root, file.key).catch(unlessIll);
    }
    throw shortage(failed);
  }
  // Under a name that says nothing of the content another one may lie elsewhere.
  if (hashHint(file.key) !== null) return;
  const used = new Set(held.map(({ root }) => root));
  const others = store.set.available().filter((root) => !used.has(root));
  demandAll(await Promise.allSettled(others.map((root) => forgetIn(root, file.key))));
}

async function forgetIn(root: Root, key: BlobKey): Promise<void> {
  const { object } = await unlinkKey(root, key);
  if (object) await removeUnnamed(object.path);
}

async function nameIn({ root, draft }: Held, file: NewFile): Promise<void> {
  for (let tries = RETRIES, bytes = draft; ; tries -= 1) {
    try {
      return await nameObject(root, file, bytes);
    } catch (error) {
      // Another process removed the content that we counted on.
      if (!(error instanceof ObjectGone) || tries === 0) throw error;
    }
    bytes = await root.draft(file.supply);
  }
}

/** On a root that is gone it cannot be done now; drafts that are left are swept. */
async function discard(drafts: readonly string[]): Promise<void> {
  const gone = drafts.map((draft) => unlink(draft).catch(unlessMissing).catch(unlessIll));
  demandAll(await Promise.allSettled(gone));
}
