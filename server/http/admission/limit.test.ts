import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMIT_FLOOR, Limit } from './limit.ts';

/** An interval: whether work waited all through it, and the most requests at once. */
const interval = fc.record({ isLate: fc.boolean(), peak: fc.nat({ max: 100_000 }) });

test('the limit stays between its floor and its bound, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.array(interval, { maxLength: 300 }),
      (bound, intervals) => {
        const limit = new Limit(bound);
        for (const { isLate, peak } of intervals) {
          limit.adapt(isLate, peak);
          assert.ok(limit.value >= Math.min(LIMIT_FLOOR, bound), `${limit.value} is too low`);
          assert.ok(limit.value <= bound, `${limit.value} is too high`);
        }
      },
    ),
  );
});

test('it shrinks while work waits, below what was worked on at once, and grows back to its bound', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 33, max: 2000 }),
      fc.integer({ min: 33, max: 2000 }),
      fc.integer({ min: 1, max: 100 }),
      (bound, peak, lateIntervals) => {
        const limit = new Limit(bound);
        for (let i = 0; i < lateIntervals; i += 1) {
          const before = limit.value;
          limit.adapt(true, peak);
          assert.ok(limit.value < before || limit.value === limit.floor);
          assert.ok(limit.value < peak || limit.value === limit.floor);
        }
        let intervals = 0;
        while (limit.value < bound) {
          const before = limit.value;
          limit.adapt(false, 0);
          assert.ok(limit.value > before);
          intervals += 1;
        }
        assert.ok(intervals <= bound / 4 + 1, `${intervals} intervals to recover`);
      },
    ),
  );
});
