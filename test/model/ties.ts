/** Pairs of people, in the order in which they came about: who follows whom, who has blocked whom. */
export class Ties {
  #pairs: (readonly [from: number, to: number])[] = [];

  has(from: number, to: number): boolean {
    return this.#pairs.some((pair) => pair[0] === from && pair[1] === to);
  }

  /** A pair that is there keeps its place. */
  add(from: number, to: number): void {
    if (!this.has(from, to)) this.#pairs.push([from, to]);
  }

  /** False when there was none. */
  remove(from: number, to: number): boolean {
    const before = this.#pairs.length;
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== from || pair[1] !== to);
    return this.#pairs.length < before;
  }

  /** To whom ties lead from this person, the newest first. */
  from(who: number): number[] {
    return this.#pairs.flatMap(([from, to]) => (from === who ? to : [])).reverse();
  }

  /** From whom ties lead to this person, the newest first. */
  to(who: number): number[] {
    return this.#pairs.flatMap(([from, to]) => (to === who ? from : [])).reverse();
  }
}
