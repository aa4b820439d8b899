import type { Db } from '../ports/db/db.ts';
import { hashKey, type Reads } from './reads.ts';

/** A power of two. Keys that share a slot only take each other's values away too early. */
const SLOTS = 2 ** 16;

/** How often the keys that something was made from had been touched when it was made. */
export interface Stamp {
  readonly slots: Uint16Array;
  readonly touches: number;
  readonly since: number;
  readonly until: number;
}

/**
 * Counts touches, so that whatever was made from many keys can be asked in a fraction of a microsecond
 * whether any of them was touched since. It holds no keys and nothing of those who ask.
 */
export class TouchStamps {
  readonly #db: Pick<Db, 'hearsTouches'>;
  readonly #counts = new Uint32Array(SLOTS);
  #all = 0;

  constructor(db: Pick<Db, 'hearsTouches' | 'onTouch'>) {
    this.#db = db;
    db.onTouch((keys, announced) => {
      if (keys === null) this.#all += 1;
      else for (const key of keys) this.#touch(slotOf(hashKey(key)));
      for (const { kind, ids } of announced) {
        const from = hashKey(kind);
        for (const id of ids) this.#touch(slotOf(hashKey(id, from)));
      }
    });
  }

  /** To be taken in the same turn of the event loop in which the values were read, at the time `since`. */
  stamp({ hashes, until }: Reads, since: number): Stamp {
    const slots = Uint16Array.from(hashes, slotOf);
    return { slots, touches: this.#touchesOf(slots), since, until };
  }

  /** Whether what was made then would be the same now. */
  holds(stamp: Stamp, now: number): boolean {
    // A clock that was set back is before both.
    if (now < stamp.since || now >= stamp.until || !this.#db.hearsTouches) return false;
    return stamp.touches === this.#touchesOf(stamp.slots);
  }

  #touch(slot: number): void {
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }

  /** Counts only grow, so a sum that is the same is made of the same counts. */
  #touchesOf(slots: Uint16Array): number {
    let sum = this.#all;
    for (let n = 0; n < slots.length; n += 1) {
      sum += this.#counts[slots[n] as number] as number;
    }
    return sum;
  }
}

const slotOf = (hash: number) => (hash ^ (hash >>> 16)) & (SLOTS - 1);
