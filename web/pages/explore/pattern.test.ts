import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLarge } from './pattern.ts';

/** Lays cells out as a grid of three columns does, row by row, and gives the holes before the last. */
function holes(count: number): number {
  const taken = new Set<string>();
  const free = (row: number, column: number, size: number) =>
    column + size <= 3 &&
    Array.from({ length: size * size }, (_, at) => at).every(
      (at) => !taken.has(`${row + Math.floor(at / size)} ${column + (at % size)}`),
    );
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const size = isLarge(index, count) ? 2 : 1;
    while (!free(Math.floor(at / 3), at % 3, size)) at += 1;
    for (let part = 0; part < size * size; part += 1) {
      taken.add(`${Math.floor(at / 3) + Math.floor(part / size)} ${(at % 3) + (part % size)}`);
    }
  }
  const last = Math.max(...[...taken].map((one) => Number(one.split(' ')[0])));
  let missing = 0;
  for (let row = 0; row < last; row += 1)
    for (let column = 0; column < 3; column += 1) if (!taken.has(`${row} ${column}`)) missing += 1;
  return missing;
}

test('however many there are, no cell is missing above the last row', () => {
  for (let count = 1; count <= 60; count += 1) assert.equal(holes(count), 0, `${count} cells`);
});

test('two of twelve are large', () => {
  const large = Array.from({ length: 24 }, (_, index) => index).filter((at) => isLarge(at, 1000));
  assert.deepEqual(large, [0, 7, 12, 19]);
});
