import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ID_PATTERN } from '../../api/ids.ts';
import { compareIds, composeId, createIdSource, EPOCH_MS, idMillis } from './ids.ts';

const lease = (fromMs: number, untilMs: number, worker = 7) => ({
  worker,
  fromMs,
  untilMs: () => untilMs,
  renew() {},
});

test('ids grow whatever the clock does, and no two are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 50 }), (jumps) => {
      let now = EPOCH_MS + 1_000_000;
      const ids = createIdSource(lease(now, now + 10_000_000), () => now);
      let last = ids.next<string>();
      for (const jump of jumps) {
        now += jump;
        const next = ids.next<string>();
        assert.ok(compareIds(next, last) > 0, `${next} after ${last}`);
        last = next;
      }
    }),
  );
});

test('more than 4,096 ids in one millisecond borrow from the next', () => {
  const now = EPOCH_MS + 5;
  const ids = createIdSource(lease(now, now + 1000), () => now);
  const all = Array.from({ length: 10_000 }, () => ids.next<string>());
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual([...all].sort(compareIds), all);
});

test('a source begins where the holder before it may have stopped', () => {
  const now = EPOCH_MS + 1000;
  const ids = createIdSource(lease(now + 500, now + 5000), () => now);
  assert.equal(idMillis(ids.next()), now + 500);
});

test('a used-up lease makes no more ids', () => {
  let now = EPOCH_MS + 1000;
  const ids = createIdSource(lease(now, now + 10), () => now);
  ids.next();
  now += 10;
  assert.throws(() => ids.next(), { code: 'database_unavailable' });
});

test('a used-up lease is renewed as soon as somebody wants an id, even under another number', () => {
  let now = EPOCH_MS + 1000;
  const held = { ...lease(now, now + 10), renew: () => void Object.assign(held, later) };
  const later = { worker: 9, fromMs: now + 5000, untilMs: () => now + 60_000 };
  const ids = createIdSource(held, () => now);
  const first = ids.next<string>();
  now += 3000;
  assert.throws(() => ids.next(), { code: 'database_unavailable' });
  const next = ids.next<string>();
  assert.equal(
    idMillis(next),
    EPOCH_MS + 6000,
    'not before the former holder of that number stopped',
  );
  assert.equal((BigInt(next) >> 12n) & 1023n, 9n);
  assert.ok(compareIds(next, first) > 0);
});

test('an id carries its time and fits the pattern of the contract, to its last year', () => {
  const pattern = new RegExp(ID_PATTERN);
  for (const ms of [EPOCH_MS, EPOCH_MS + 1, Date.UTC(2094, 6, 1)]) {
    const id = composeId(ms, 1023, 4095);
    assert.match(id, pattern);
    assert.equal(idMillis(id), ms);
    assert.ok(BigInt(id) < 2n ** 63n);
  }
});
