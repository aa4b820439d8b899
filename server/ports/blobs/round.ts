import type { ScrubReport } from './blobs.ts';
import { isFull } from './file-errors.ts';
import type { Root } from './root.ts';
import type { Store } from './store.ts';

/** One bucket's turn. */
export interface Round {
  readonly bucket: number;
  readonly signal: AbortSignal;
  readonly report: { -readonly [K in keyof ScrubReport]: ScrubReport[K] } & { lost: string[] };
  /** Roots that made trouble: what they hold is not known for certain. */
  readonly troubled: Set<Root>;
  /** Does something in a root; gives `otherwise` when the root is ill, gone or full. */
  within<T, O>(root: Root, work: () => Promise<T>, otherwise: O): Promise<T | O>;
}

export function beginRound(store: Store, bucket: number, signal: AbortSignal): Round {
  const troubled = new Set<Root>();
  return {
    bucket,
    signal,
    troubled,
    report: { files: 0, bytes: 0, repaired: 0, lost: [], removed: 0 },
    async within(root, work, otherwise) {
      try {
        return await work();
      } catch (error) {
        if (!(await store.set.noteTrouble(root, error)) && !isFull(error)) throw error;
        store.log.warn(
          { err: error, root: root.path },
          'a root made trouble while it was scrubbed',
        );
        troubled.add(root);
        return otherwise;
      }
    },
  };
}
