import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PersonId, PostId } from '../../../api/ids.ts';
import { compareIds } from '../../kernel/ids.ts';
import type { PostInList } from '../posts/store.ts';
import { mergeNewest, type Stretch, withPost } from './merge.ts';

const ref = (id: number): PostInList => ({
  post_id: String(id) as PostId,
  author_id: '1' as PersonId,
  repost_of: null,
  repost_author_id: null,
});
const newestFirst = (ids: Iterable<number>) => [...new Set(ids)].sort((a, b) => b - a);

/** A list of which only the newest are here. */
interface Partial {
  readonly all: readonly number[];
  readonly here: number;
}
const partial: fc.Arbitrary<Partial> = fc.record({
  all: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 30 }).map(newestFirst),
  here: fc.nat(30),
});
const stretch = ({ all, here }: Partial): Stretch => ({
  refs: all.slice(0, here).map(ref),
  whole: here >= all.length,
});

test('a merged page is that of the whole lists, or says which of them it lacks', () => {
  let complete = 0;
  fc.assert(
    fc.property(
      partial,
      fc.array(partial, { maxLength: 5 }),
      fc.integer({ min: 1, max: 12 }),
      fc.option(fc.integer({ min: 1, max: 130 })),
      fc.constantFrom(0, 0, 40),
      (main, others, take, before, from) => {
        const limited = { ...main, all: main.all.filter((id) => id >= from) };
        const span = { take, before: before === null ? null : String(before), from: String(from) };
        const { refs, short } = mergeNewest(stretch(limited), others.map(stretch), span);
        const every = newestFirst([limited, ...others].flatMap(({ all }) => all));
        const wanted = every.filter((id) => id >= from && id < (before ?? 999)).slice(0, take);
        if (short.length > 0) return;
        complete += 1;
        assert.deepEqual(
          refs.map(({ post_id }) => Number(post_id)),
          wanted,
        );
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(complete > 300, `${complete} of them told`);
});

test('an author of whom nothing is in the page costs next to nothing', () => {
  const id = (n: number) => String(250_000_000_000_000_000n + BigInt(n)) as PostId;
  const list = (from: number, count: number): Stretch => ({
    refs: Array.from({ length: count }, (_, n) => ({ ...ref(0), post_id: id(from - n) })),
    whole: true,
  });
  const main = list(100_000, 100);
  const others = Array.from({ length: 1000 }, (_, n) => list(50_000 - n * 10, 100));
  const span = { take: 21, before: null, from: '0' };
  const cost = (lists: readonly Stretch[]) => {
    let best = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 60; turn += 1) {
      const start = performance.now();
      for (let n = 0; n < 20; n += 1) mergeNewest(main, lists, span);
      best = Math.min(best, (performance.now() - start) / 20);
    }
    return best * 1000;
  };
  const each = (cost(others) - cost([])) / others.length;
  assert.ok(each < 2, `${each.toFixed(3)} µs for each`);
  assert.equal(mergeNewest(main, others, span).refs.length, 21);
  assert.ok(compareIds(id(2), id(1)) > 0);
});

test('a post that is added to a stretch makes it what would be read with it', () => {
  const known = (ids: Iterable<number>, take: number): Stretch => {
    const refs = newestFirst(ids).map(ref);
    return { refs: refs.slice(0, take), whole: refs.length < take };
  };
  const anyId = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.array(anyId, { maxLength: 12 }),
      fc.array(anyId, { maxLength: 12 }),
      fc.integer({ min: 1, max: 10 }),
      (before, added, take) => {
        const all = new Set(before);
        let now = known(all, take);
        for (const id of added) {
          const same = now.refs.some(({ post_id }) => post_id === String(id));
          const more = withPost(now, ref(id), take);
          all.add(id);
          assert.deepEqual(more, known(all, take));
          if (same) assert.equal(more, now);
          now = more;
        }
      },
    ),
  );
});
