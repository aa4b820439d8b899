import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../kernel/clock.ts';
import { SCRUB_BUCKETS } from './blobs.ts';
import { codeOf, isFull, isIll, isMissing } from './file-errors.ts';
import { inOrderOfWeight, openRoot, type Root } from './root.ts';
import { mountOf, type Peer, readRootFacts } from './root-facts.ts';

/** How often a root that is away is looked for. */
const LOOK_MS = 5000;
/** How long an answer to "is it there?" holds. */
const SURE_MS = 1000;

/** The roots of a store, and which of them can be reached. */
export interface RootSet {
  /** How many roots must hold a file. */
  readonly copies: number;
  readonly slots: readonly Slot[];
  /** Those that can be reached. */
  available(): Root[];
  /** The same, in the order in which this content wants them. */
  inOrder(contentHash: string): Root[];
  awayCount(): number;
  /**
   * To be told of every error of a root. Notices when it is gone; says whether another root may do better.
   * `asked`: it was asked for a file that may well not be there.
   */
  noteTrouble(root: Root, error: unknown, asked?: 'asked'): Promise<boolean>;
  /** Looks whether a root is there, now. */
  examine(root: Root): Promise<void>;
  /** Looks for roots that are away, when it is time. */
  refresh(): Promise<void>;
  /** Called before a root that was away is used again. */
  onReturn: (root: Root) => Promise<void>;
}

export interface Slot {
  readonly path: string;
  root: Root | null;
  away: boolean;
  lookedAt: number;
}

export interface RootSetOptions {
  readonly roots: readonly string[];
  readonly copies: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Opens all roots. One that cannot be reached is waited for, unless it is the only one. */
export async function openRootSet(options: RootSetOptions): Promise<RootSet> {
  const { copies, clock, log } = options;
  const slots = options.roots.map(
    (path): Slot => ({ path: resolve(path), root: null, away: true, lookedAt: -Infinity }),
  );
  if (copies < 1 || copies > slots.length) {
    throw new Error(
      `${copies} copies of a file need as many roots, of which there are ${slots.length}`,
    );
  }
  const failures: unknown[] = [];
  for (const slot of await inOrderOfOpening(slots)) {
    try {
      await demandMounted(slot, slots);
      slot.root = await openRoot(slot.path);
      slot.away = false;
    } catch (error) {
      slot.lookedAt = clock.millis();
      failures.push(error);
      if (!isElsewhere(error)) throw error;
      log.error({ err: error, root: slot.path }, 'a root of the files cannot be reached');
    }
  }
  if (slots.every((slot) => slot.away)) throw failures[0];
  refuseTwins(slots);
  await rememberPeers(slots, log);
  return watchRoots(slots, { copies, clock, log });
}

function watchRoots(
  slots: readonly Slot[],
  { copies, clock, log }: Omit<RootSetOptions, 'roots'>,
): RootSet {
  const available = () => slots.flatMap(({ root, away }) => (root && !away ? [root] : []));

  async function lookFor(slot: Slot): Promise<void> {
    slot.lookedAt = clock.millis();
    try {
      await demandMounted(slot, slots);
      // Never made anew here: a folder that is empty now may be one that a disk is missing from.
      if (slot.root && !(await slot.root.isThere())) return;
      slot.root ??= await openRoot(slot.path);
      await rememberPeers(slots, log);
      await set.onReturn(slot.root);
      slot.away = false;
      log.info({ root: slot.path }, 'a root of the files is back');
    } catch (error) {
      log.debug({ err: error, root: slot.path }, 'a root of the files is still away');
    }
  }

  const looking = new Map<Slot, Promise<void>>();
  const lookOnce = (slot: Slot) => {
    const running = looking.get(slot) ?? lookFor(slot).finally(() => looking.delete(slot));
    looking.set(slot, running);
    return running;
  };

  const set: RootSet = {
    copies,
    slots,
    available,
    inOrder: (contentHash) => inOrderOfWeight(available(), contentHash),
    awayCount: () => slots.filter(({ away }) => away).length,

    async noteTrouble(root, error, asked) {
      if (!isIll(error) && !isMissing(error)) return false;
      const lookedAt = slots.find((slot) => slot.root === root)?.lookedAt ?? -Infinity;
      const sure = asked && isMissing(error) && Math.abs(clock.millis() - lookedAt) < SURE_MS;
      if (!sure) await set.examine(root);
      return true;
    },

    async examine(root) {
      const slot = slots.find((one) => one.root === root);
      if (!slot || slot.away) return;
      slot.lookedAt = clock.millis();
      if (await root.isThere()) return;
      if (!slot.away) log.error({ root: slot.path }, 'a root of the files is gone');
      slot.away = true;
    },

    async refresh() {
      const now = clock.millis();
      const due = slots.filter(
        (slot) => slot.away && (looking.has(slot) || Math.abs(now - slot.lookedAt) >= LOOK_MS),
      );
      await Promise.all(due.map(lookOnce));
    },

    onReturn: async () => {},
  };
  return set;
}

function refuseTwins(slots: readonly Slot[]): void {
  const byId = new Map<string, string>();
  for (const { root, path } of slots) {
    const twin = root && byId.get(root.facts.id);
    if (twin) {
      throw new Error(
        `${twin} and ${path} are one folder under two names, or one is a copy of the other. Of a copy, remove root.json.`,
      );
    }
    if (root) byId.set(root.facts.id, path);
  }
}

/** A path that was a disk of its own, on which nothing is mounted now: it must not fill the disk above it. */
class NotMounted extends Error {}

async function demandMounted({ path }: Slot, slots: readonly Slot[]): Promise<void> {
  const known = knownPeer(path, slots);
  if (!known) return;
  const mount = await mountOf(path);
  if (mount !== known.mount && known.mount.startsWith(mount)) {
    throw new NotMounted(
      `${path} lay on a disk at ${known.mount}, which is not mounted; mount it, or name another folder`,
    );
  }
}

function knownPeer(path: string, slots: readonly Slot[]): Peer | undefined {
  for (const { root } of slots) {
    const peer = root?.facts.peers[path];
    if (peer) return peer;
  }
  return undefined;
}

/** Errors that the root's disk may be the cause of, and not its settings. */
function isElsewhere(error: unknown): boolean {
  const noFolder = codeOf(error) === 'EEXIST';
  return (
    [isIll, isMissing, isFull].some((is) => is(error)) || noFolder || error instanceof NotMounted
  );
}

/** Those that have facts first, so that they can say what is amiss with the others. */
async function inOrderOfOpening(slots: readonly Slot[]): Promise<Slot[]> {
  const known = new Set<Slot>();
  for (const slot of slots) {
    // What is wrong with it, opening will say.
    if (await readRootFacts(slot.path).catch(() => null)) known.add(slot);
  }
  return [...known, ...slots.filter((slot) => !known.has(slot))];
}

/** Marks roots that are new beside others as to be filled, and notes in each who the others are. */
async function rememberPeers(slots: readonly Slot[], log: Logger): Promise<void> {
  const roots = slots.flatMap(({ root }) => root ?? []);
  const peers: Record<string, Peer> = {};
  for (const root of roots)
    peers[root.path] = { id: root.facts.id, mount: await mountOf(root.path) };
  const anyUsed = roots.some(({ facts }) => facts.fresh !== 'empty');
  for (const root of roots) {
    const { [root.path]: _own, ...others } = peers;
    const toFill =
      root.facts.fresh && roots.length > 1 && anyUsed
        ? Array.from({ length: SCRUB_BUCKETS }, (_, bucket) => bucket)
        : root.facts.toFill;
    const same =
      toFill === root.facts.toFill &&
      Object.entries(others).every(([path, { id, mount }]) => {
        const known = root.facts.peers[path];
        return known?.id === id && known.mount === mount;
      });
    if (same) continue;
    try {
      await root.keepFacts({ toFill, peers: { ...root.facts.peers, ...others }, fresh: null });
    } catch (error) {
      // Of a disk that is full or takes no writes files can be read all the same.
      if (!isFull(error) && !isIll(error)) throw error;
      log.warn({ err: error, root: root.path }, 'a root of the files cannot be written to');
    }
  }
}
