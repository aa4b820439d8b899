import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutPage, decodeCursor, encodeCursor } from './cursor.ts';
import { Problem } from './problem.ts';

const refused = (error: unknown) => error instanceof Problem && error.code === 'invalid_cursor';

test('a cursor gives back its id', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 9_199_999_999_999_999_999n }), (id) => {
      assert.equal(decodeCursor(encodeCursor(String(id))), String(id));
    }),
  );
});

test('anything else is refused, never read as another place', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        const id = decodeCursor(text);
        assert.equal(encodeCursor(String(id)), text);
      } catch (error) {
        assert.ok(refused(error));
      }
    }),
  );
  for (const text of ['', 'x', encodeCursor('01'), encodeCursor('-1'), `${encodeCursor('5')}=`]) {
    assert.throws(() => decodeCursor(text), refused, text);
  }
});

test('pages cut a list without losing or doubling anything', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (count, limit) => {
      const all = Array.from({ length: count }, (_, index) => String(count - index));
      const seen: string[] = [];
      let before: string | null = null;
      for (;;) {
        const start: number = before === null ? 0 : all.indexOf(before) + 1;
        const page = cutPage(all.slice(start, start + limit + 1), limit, (id) => id);
        seen.push(...page.items);
        assert.equal(page.pagination.has_more, page.pagination.next_cursor !== null);
        if (page.pagination.next_cursor === null) break;
        before = decodeCursor(page.pagination.next_cursor);
      }
      assert.deepEqual(seen, all);
    }),
  );
});
