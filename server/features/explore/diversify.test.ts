import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AUTHOR_MAX, diversify, type Kindred, TAG_MAX, WINDOW } from './diversify.ts';

const posts = (authors: number, max: number): fc.Arbitrary<Kindred[]> =>
  fc.array(
    fc.record({
      author_id: fc.nat(authors - 1).map(String),
      tag: fc.option(fc.constantFrom('sea', 'sky', 'cats', 'bread'), { freq: 3 }),
      score: fc.double({ min: 1e-9, max: 10, noNaN: true }),
    }),
    { maxLength: max },
  );

/** Whether a post may stand after its neighbours. */
function fits(post: Kindred, window: readonly Kindred[]): boolean {
  const near = [...window.slice(-(WINDOW - 1)), post];
  const authors = near.filter((other) => other.author_id === post.author_id).length;
  const tags = near.filter((other) => post.tag !== null && other.tag === post.tag).length;
  return authors <= AUTHOR_MAX && tags <= TAG_MAX;
}

const byName = (some: readonly Kindred[]) =>
  some.map((post) => JSON.stringify(post)).toSorted((a, b) => (a < b ? -1 : 1));

test('in any ten neighbours an author stands once and a hashtag twice, while anything else is left', () => {
  fc.assert(
    fc.property(fc.oneof(posts(40, 60), posts(5, 40)), (given) => {
      const order = diversify(given);
      assert.deepEqual(byName(order), byName(given));
      for (const [n, post] of order.entries()) {
        const before = order.slice(0, n);
        if (fits(post, before)) continue;
        const missed = order.slice(n).filter((other) => fits(other, before));
        assert.deepEqual(missed, [], `at ${n} of ${order.length}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('with authors and hashtags enough, every ten in a row are as the bounds say', () => {
  const many = Array.from({ length: 200 }, (_, n) => ({
    author_id: String(n % 40),
    tag: ['sea', 'sky', 'cats', 'bread', 'snow', 'rust', null][n % 7] ?? null,
    score: 1 + ((n * 7919) % 101) / 100,
  }));
  const order = diversify(many, 60);
  for (let start = 0; start + WINDOW <= order.length; start += 1) {
    const ten = order.slice(start, start + WINDOW);
    assert.equal(new Set(ten.map((post) => post.author_id)).size, WINDOW);
    const tags = Map.groupBy(ten, (post) => post.tag);
    for (const [tag, some] of tags) assert.ok(tag === null || some.length <= TAG_MAX);
  }
});

test('the best comes first, equals stay as they were given, and few are cut off', () => {
  const one = (author_id: string, score: number, tag: string | null = null) => ({
    author_id,
    score,
    tag,
  });
  const best = one('a', 9, 'sea');
  assert.deepEqual(diversify([one('b', 1), best, one('c', 5)])[0], best);
  const equals = ['a', 'b', 'c', 'd'].map((author) => one(author, 1));
  assert.deepEqual(diversify(equals), equals);
  assert.deepEqual(diversify(equals, 2), equals.slice(0, 2));
  // A little less good, but of another kind.
  const [, second] = diversify([best, one('b', 8, 'sea'), one('c', 7, 'sky')]);
  assert.equal(second?.author_id, 'c');
  // One author alone: all of it, in the order of its worth.
  const alone = diversify([one('a', 1), one('a', 3), one('a', 2)]);
  assert.deepEqual(
    alone.map((post) => post.score),
    [3, 2, 1],
  );
});
