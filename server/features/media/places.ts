/** A number of places; who finds none free waits in line. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Runs `work` in a place, and frees it however that ends. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await work();
    } finally {
      // Handed over without being free in between, so that nobody can jump the line.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** For decoding: two keep both cores of a small machine busy, and one may hold 400 MB (50 MP of 16 bits). */
export const rendering = new Places(2);
