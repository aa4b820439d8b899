/** What a command is made of: numbers, of which each kind takes what it needs. */
import fc from 'fast-check';

export interface Step {
  readonly who: number;
  readonly whom: number;
  readonly which: number;
  /** Of the three audiences, the three hashtags (as bits), and more that is to be chosen. */
  readonly choice: number;
  /** In which process. */
  readonly at: number;
  readonly limit: number;
  /** Reads go on meanwhile. */
  readonly racing: boolean;
  readonly dice: number;
}

export const aStep: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(59),
  whom: fc.nat(59),
  which: fc.nat(999),
  choice: fc.nat(7),
  at: fc.nat(1),
  limit: fc.integer({ min: 1, max: 9 }),
  racing: fc.nat(9).map((one) => one === 9),
  dice: fc.nat(2 ** 30),
});

/** Numbers that follow from one, the same each time. */
export function* dice(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    // A Weyl sequence, mixed by the last steps of MurmurHash3 (Appleby, 2011).
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    yield (mixed ^ (mixed >>> 16)) >>> 0;
  }
}

/** A step that follows from the dice. */
export function rollStep(fate: Generator<number, never>): Step {
  const roll = (below: number) => fate.next().value % below;
  return {
    who: roll(60),
    whom: roll(60),
    which: roll(1000),
    choice: roll(8),
    at: roll(2),
    limit: 1 + roll(9),
    racing: false,
    dice: roll(2 ** 30),
  };
}
