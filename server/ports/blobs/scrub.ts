import type { ScrubReport } from './blobs.ts';
import { hashHint } from './keys.ts';
import { inodeOf } from './objects.ts';
import { sweepParts } from './parts.ts';
import { finishRemovals } from './remove.ts';
import type { Root } from './root.ts';
import { beginRound, type Round } from './round.ts';
import { scrubKey } from './scrub-keys.ts';
import { type LostContent, scrubObjects } from './scrub-objects.ts';
import type { Store } from './store.ts';
import { walkKeys } from './walk.ts';

/** Age of drafts that no upload writes to any more. */
export const DRAFT_KEPT_MS = 60 * 60_000;

/** Verifies and repairs one bucket, as the port says. */
export async function scrubBucket(
  store: Store,
  bucket: number,
  signal: AbortSignal,
): Promise<ScrubReport> {
  signal.throwIfAborted();
  await store.set.refresh();
  const round = beginRound(store, bucket, signal);
  round.report.removed += await finishRemovals(store, null);
  const began = store.set.available();
  const lost = await scrubObjects(store, round);
  round.report.lost.push(...(await namesOf(store, lost)));
  for await (const key of walkKeys(store, { bucket })) {
    signal.throwIfAborted();
    await scrubKey(store, round, key);
    // Requests come first.
    await new Promise(setImmediate);
  }
  for (const root of store.set.available()) await tidy(store, round, root);
  for (const root of began) {
    const whole = !round.troubled.has(root) && store.set.available().includes(root);
    if (!whole || !root.facts.toFill.includes(bucket)) continue;
    const toFill = root.facts.toFill.filter((one) => one !== bucket);
    await round.within(root, () => root.keepFacts({ toFill }), undefined);
  }
  return round.report;
}

/** The keys of contents that are lost; of a content that has none, its hash. */
async function namesOf(store: Store, lost: readonly LostContent[]): Promise<string[]> {
  if (lost.length === 0) return [];
  const names = new Map<string, string[]>(lost.map(({ hash }) => [hash, []]));
  for await (const key of walkKeys(store, {})) {
    const hint = hashHint(key);
    for (const { hash, inodes } of lost) {
      if (hint && !hash.startsWith(hint)) continue;
      for (const root of store.set.available()) {
        const found = await inodeOf(root.pathOf(key));
        if (!found || !inodes.some(({ ino }) => ino === found.ino)) continue;
        names.get(hash)?.push(key);
        break;
      }
    }
  }
  return [...names].flatMap(([hash, keys]) => (keys.length > 0 ? keys : [`sha256:${hash}`]));
}

async function tidy(store: Store, round: Round, root: Root): Promise<void> {
  const { bucket, report } = round;
  report.removed += await round.within(root, () => sweepParts(store, root, bucket), 0);
  if (bucket !== 0) return;
  const before = new Date(store.clock.millis() - DRAFT_KEPT_MS);
  report.removed += await round.within(root, () => root.sweepDrafts(before), 0);
}
