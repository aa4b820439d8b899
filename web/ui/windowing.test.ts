import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeights } from './windowing.ts';

const ids = Array.from({ length: 100 }, (_, index) => String(index));

test('the range holds the items that touch the window, and no other', () => {
  const heights = createHeights(() => 100);
  assert.deepEqual(heights.range(ids, 0, 300), { from: 0, to: 3 });
  assert.deepEqual(heights.range(ids, 250, 510), { from: 2, to: 6 });
  assert.deepEqual(heights.range(ids, -500, -100), { from: 0, to: 1 });
  assert.deepEqual(heights.range(ids, 99_000, 99_500), { from: 99, to: 100 });
  assert.deepEqual(heights.range([], 0, 300), { from: 0, to: 0 });
});

test('a measured height takes the place of the guess, until the width changes', () => {
  const heights = createHeights(() => 100);
  heights.setWidth(390);
  heights.measured('0', 700);
  assert.equal(heights.offsets(ids)[1], 700);
  assert.deepEqual(heights.range(ids, 600, 750), { from: 0, to: 2 });
  heights.setWidth(390);
  assert.equal(heights.offsets(ids)[1], 700);
  heights.setWidth(820);
  assert.equal(heights.offsets(ids)[1], 100);
});

test('the ranges of neighbouring windows leave nothing out', () => {
  const heights = createHeights((id) => 50 + (Number(id) % 7) * 90);
  const offsets = heights.offsets(ids);
  const total = offsets.at(-1) ?? 0;
  const seen = new Set<number>();
  for (let top = 0; top < total; top += 400) {
    const { from, to } = heights.range(ids, top, top + 400);
    for (let index = from; index < to; index++) seen.add(index);
  }
  assert.equal(seen.size, ids.length);
});
