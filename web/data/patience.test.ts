import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type ClientErrorCode } from './api-error.ts';
import { askPatiently } from './patience.ts';

/** Fails with these one after the other, then answers; tells how long was waited before each new try. */
async function asking(...failures: readonly (readonly [ClientErrorCode, number | null])[]) {
  const waits: number[] = [];
  let told = 0;
  let asked = 0;
  const answer = askPatiently(
    async () => {
      const failure = failures[asked];
      asked += 1;
      if (!failure) return 'done';
      throw new ApiError({ code: failure[0], message: 'x', status: 503, retryAfter: failure[1] });
    },
    undefined,
    {
      onWait: () => {
        told += 1;
      },
      pause: async (ms) => void waits.push(ms),
      random: () => 0.5,
    },
  );
  const ended = await answer.catch((error: ApiError) => error.code);
  return { ended, waits, told, asked };
}

test('a call that is refused for want of time waits as long as it was told, says so, and asks again', async () => {
  assert.deepEqual(await asking(['overloaded', 2], ['too_many_requests', 1]), {
    ended: 'done',
    waits: [2500, 1250],
    told: 2,
    asked: 3,
  });
});

test('after three tries the refusal is the answer', async () => {
  const { ended, asked } = await asking(['overloaded', 1], ['overloaded', 1], ['overloaded', 1]);
  assert.deepEqual([ended, asked], ['overloaded', 3]);
});

test('long waits, waits of unknown length and other errors are told at once', async () => {
  for (const failure of [
    ['overloaded', 60],
    ['too_many_requests', null],
    ['database_unavailable', 1],
  ] as const) {
    assert.deepEqual(await asking(failure), { ended: failure[0], waits: [], told: 0, asked: 1 });
  }
});

test('a call that its caller gave up while it waited is not repeated', async () => {
  const control = new AbortController();
  let asked = 0;
  const answer = askPatiently(
    async () => {
      asked += 1;
      throw new ApiError({ code: 'overloaded', message: 'x', status: 503, retryAfter: 1 });
    },
    control.signal,
    { onWait: () => control.abort(), pause: async () => undefined, random: () => 0 },
  );
  await assert.rejects(answer, { name: 'AbortError' });
  assert.equal(asked, 1);
});
