/** Below this the limit never goes: a server that takes nothing would never learn that it could again. */
export const LIMIT_FLOOR = 32;
/** What is left of the limit after an interval in which work waited. */
const SHRINK = 0.9;
/** What is added to it after one in which it did not. */
const GROW = 4;

/**
 * How many requests may be worked on at once: additive increase, multiplicative decrease, as in TCP and
 * in the AIMD limit of Netflix' concurrency-limits. The signal is not the time of the requests, which
 * differ too much, but whether work was waiting all the while.
 */
export class Limit {
  readonly bound: number;
  readonly floor: number;
  #value: number;

  constructor(bound: number) {
    this.bound = bound;
    this.floor = Math.min(LIMIT_FLOOR, bound);
    this.#value = bound;
  }

  get value(): number {
    return this.#value;
  }

  /** Once an interval. `peak`: the most that was worked on at once in it, from where a decrease begins. */
  adapt(isLate: boolean, peak: number): void {
    const wanted = isLate ? Math.min(this.#value, peak) * SHRINK : this.#value + GROW;
    this.#value = Math.max(this.floor, Math.min(this.bound, wanted));
  }
}
