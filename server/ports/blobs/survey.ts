import type { BlobCopies, BlobKey, RootState } from './blobs.ts';
import { SCRUB_BUCKETS } from './blobs.ts';
import { inodeOf, listObjects } from './objects.ts';
import type { Root } from './root.ts';
import type { Slot } from './root-set.ts';
import type { Store } from './store.ts';

/** Counting reads every folder of contents. */
const COUNT_HOLDS_MS = 60_000;

/** What a store can say of how it keeps its files. */
export interface Survey {
  copiesOf(keys: readonly BlobKey[]): Promise<Map<BlobKey, BlobCopies>>;
  roots(options?: { readonly counted?: boolean }): Promise<RootState[]>;
}

export function createSurvey(store: Store): Survey {
  const counts = new Map<Root, { at: number; objects: number }>();

  async function countObjects(root: Root): Promise<number> {
    const now = store.clock.millis();
    const known = counts.get(root);
    if (known && Math.abs(now - known.at) < COUNT_HOLDS_MS) return known.objects;
    const objects = (await listObjects(root, null)).length;
    counts.set(root, { at: now, objects });
    return objects;
  }

  async function stateOf(slot: Slot, counted: boolean): Promise<RootState> {
    const { root, path } = slot;
    const toFill = root?.facts.toFill.length ?? 0;
    const common = { id: root?.facts.id ?? '', path, filled: 1 - toFill / SCRUB_BUCKETS };
    const away = { ...common, state: 'away' as const, free: 0, total: 0, objects: 0 };
    if (!root || slot.away) return away;
    try {
      const state = toFill > 0 ? ('filling' as const) : ('ok' as const);
      const objects = counted ? await countObjects(root) : 0;
      return { ...common, state, ...(await root.space()), objects };
    } catch (error) {
      if (!(await store.set.noteTrouble(root, error))) throw error;
      return away;
    }
  }

  return {
    async copiesOf(keys) {
      const roots = store.set.available();
      const found = new Map<BlobKey, BlobCopies>();
      for (const key of keys) {
        const inodes = await Promise.all(
          roots.map(async (root) => {
            try {
              return await inodeOf(root.pathOf(key));
            } catch (error) {
              if (!(await store.set.noteTrouble(root, error))) throw error;
              return null;
            }
          }),
        );
        const size = Math.max(0, ...inodes.map((inode) => inode?.size ?? 0));
        const good = inodes.filter((one) => one && one.verifiedAt > 0 && one.size === size);
        const oldest = Math.min(...good.map((inode) => inode?.verifiedAt ?? 0));
        found.set(key, {
          copies: good.length,
          checkedAt: good.length > 0 ? new Date(oldest) : null,
        });
      }
      return found;
    },

    async roots({ counted = true } = {}) {
      await store.set.refresh();
      return await Promise.all(store.set.slots.map((slot) => stateOf(slot, counted)));
    },
  };
}
