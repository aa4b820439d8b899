/** Work that waits no longer than this is a burst that goes away by itself; milliseconds. */
export const TARGET_MS = 10;
/** Work that waited longer than the target for so long without a break is a queue that stands. */
export const INTERVAL_MS = 100;
/** And it was seen so often: one long pause alone, of the garbage collector or the machine, is none. */
const LOOKS_MIN = 3;

/**
 * Tells a standing queue from a burst as CoDel does (Nichols and Jacobson, Controlling Queue Delay, ACM
 * Queue 2012; RFC 8289): by the least delay of an interval. A queue that was short once within it is good.
 */
export class StandingDelay {
  #since = Number.NaN;
  #looks = 0;
  #stands = false;

  get stands(): boolean {
    return this.#stands;
  }

  /** `delay`: how long work waits now, in milliseconds. */
  look(delay: number, now: number): void {
    if (delay <= TARGET_MS) {
      this.#looks = 0;
      this.#stands = false;
      return;
    }
    if (this.#looks === 0) this.#since = now;
    this.#looks += 1;
    this.#stands = this.#looks >= LOOKS_MIN && now - this.#since >= INTERVAL_MS;
  }
}

/** Turns that follow each other this closely had something to do all the time; milliseconds. */
const BREATH_MS = 1;

/**
 * How long requests wait for the event loop, from what they see of its turns: those that came during one
 * turn are handled in the next, one after the other.
 */
export class Turns {
  #inTurn = false;
  #requests = 0;
  #began = 0;
  #ended = Number.NEGATIVE_INFINITY;
  /** Of the turn before, when this one followed at once. */
  #before = 0;
  #last = 0;
  readonly #now: () => number;
  readonly #atEnd: (end: () => void) => void;

  /** `atEnd` calls back when the present turn is over. */
  constructor(now: () => number, atEnd: (end: () => void) => void = setImmediate) {
    this.#now = now;
    this.#atEnd = atEnd;
  }

  /** Requests of the present turn so far. */
  get requests(): number {
    return this.#requests;
  }

  /** A request is handled: how long it may have waited, in milliseconds. */
  arrive(now: number): number {
    if (!this.#inTurn) {
      this.#inTurn = true;
      this.#requests = 0;
      this.#before = now - this.#ended <= BREATH_MS ? this.#last : 0;
      this.#began = now;
      this.#atEnd(this.#end);
    }
    this.#requests += 1;
    return this.#before + now - this.#began;
  }

  /** The wait that the last request of the latest turn had, or 0 when `since` no turn has ended. */
  latest(since: number): number {
    return this.#ended >= since ? this.#last : 0;
  }

  readonly #end = (): void => {
    this.#ended = this.#now();
    this.#last = this.#ended - this.#began;
    this.#inTurn = false;
  };
}
