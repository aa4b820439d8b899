import assert from 'node:assert/strict';
import { test } from 'node:test';
import { yieldingTo } from './yield.ts';

const { signal } = new AbortController();

/** How often a job looked before it began, when requests wait for so many looks. */
async function looksBefore(late: number): Promise<number> {
  let looks = 0;
  const admission = {
    get isLate() {
      return looks < late;
    },
  };
  let begun = -1;
  const look = async () => {
    looks += 1;
  };
  const task = async () => {
    begun = looks;
  };
  await yieldingTo(admission, { task }, look).task?.({}, signal);
  return begun;
}

test('a job begins when requests wait no longer', async () => {
  assert.equal(await looksBefore(0), 0);
  assert.equal(await looksBefore(3), 3);
});

test('a job begins in the end, however long requests wait', async () => {
  assert.equal(await looksBefore(Number.POSITIVE_INFINITY), 10);
});
