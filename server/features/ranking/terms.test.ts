import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PRESETS, type RankingPreset, type TermName, WEIGHT_MAX } from '../../../api/ranking.ts';
import {
  AFFINITY_HALF,
  ENGAGEMENT,
  explain,
  FACTORS,
  type Facts,
  formulaOf,
  RECENCY_HALF_LIFE_HOURS,
  recencyOf,
  scoreOf,
  type TermWeights,
  tasteFrom,
} from './terms.ts';

const NOTHING: Facts = {
  likes: 0,
  comments: 0,
  shares: 0,
  saves: 0,
  likesPerHour: 0,
  hours: 0,
  affinity: 0,
  medium: 'photo',
  taste: { photo: 0.5, video: 0.5, completion: 0.5 },
  seen: false,
  lessOfAuthor: false,
  lessOfHashtag: false,
  lessOfMedia: false,
};
const PRESET_NAMES = Object.keys(PRESETS) as RankingPreset[];

const count = fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 100_000_000 }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const positive = fc.double({ min: 0, max: 1e6, noNaN: true });
const facts: fc.Arbitrary<Facts> = fc.record({
  likes: count,
  comments: count,
  shares: count,
  saves: count,
  likesPerHour: positive,
  hours: positive,
  affinity: positive,
  medium: fc.constantFrom('photo', 'video', null),
  taste: fc.record({ photo: share, video: share, completion: share }),
  seen: fc.boolean(),
  lessOfAuthor: fc.boolean(),
  lessOfHashtag: fc.boolean(),
  lessOfMedia: fc.boolean(),
});
const preset = fc.constantFrom(...PRESET_NAMES);
const weights: fc.Arbitrary<TermWeights> = fc.dictionary(
  fc.constantFrom<TermName[]>(
    ...(Object.keys({ ...PRESETS.balanced, ...PRESETS.simple }) as TermName[]),
  ),
  fc.double({ min: 0, max: WEIGHT_MAX, noNaN: true }),
);

/** What makes numbers of a computer differ that are the same. */
const atLeast = (more: number, less: number) =>
  assert.ok(more >= less - 1e-9 * Math.max(1, less), `${more} is less than ${less}`);

test('simple is the sum of the product page', () => {
  const formula = formulaOf('simple', {});
  const known = { ...NOTHING, likes: 7, comments: 5, shares: 4, affinity: AFFINITY_HALF };
  assert.equal(scoreOf(formula, known), 7 * 1 + 5 * 2 + 4 * 3 + 1 * 10 + 0.5 * 5);
  assert.equal(scoreOf(formula, { ...known, hours: 1 }), scoreOf(formula, known));
  const older = scoreOf(formula, { ...known, hours: 1 + RECENCY_HALF_LIFE_HOURS });
  assert.equal(scoreOf(formula, known) - older, 10 / 2);
});

test('balanced is 40, 30, 20 and 10 hundredths, each of a term from 0 to 1', () => {
  const formula = formulaOf('balanced', {});
  const shares = Object.fromEntries(formula.terms.map(({ name, weight }) => [name, weight]));
  assert.deepEqual(shares, { engagement: 0.4, affinity: 0.3, recency: 0.2, content: 0.1 });
  const all = { ...NOTHING, likes: 1e12, comments: 1e12, shares: 1e12, saves: 1e12 };
  const best = { ...all, likesPerHour: 1e12, affinity: 1e12 };
  const score = scoreOf(formula, { ...best, taste: { photo: 1, video: 0, completion: 0 } });
  assert.ok(Math.abs(score - 1) < 1e-9, String(score));
  // Every part of engagement is worth half of its share where it says so.
  for (const [name, { share: part, half }] of Object.entries(ENGAGEMENT)) {
    const gained = scoreOf(formula, { ...NOTHING, [name]: half }) - scoreOf(formula, NOTHING);
    assert.ok(Math.abs(gained - 0.4 * part * 0.5) < 1e-12, name);
  }
});

test('recency is full for an hour and then halves', () => {
  assert.equal(recencyOf(0), 1);
  assert.equal(recencyOf(1), 1);
  assert.equal(recencyOf(1 + RECENCY_HALF_LIFE_HOURS), 0.5);
  assert.equal(recencyOf(1 + 2 * RECENCY_HALF_LIFE_HOURS), 0.25);
  assert.ok(recencyOf(1.01) < 1);
});

test('more of what counts is never less, and older is never more', () => {
  const more = fc.constantFrom(
    'likes',
    'comments',
    'shares',
    'saves',
    'likesPerHour',
    'affinity',
  ) as fc.Arbitrary<'likes' | 'affinity'>;
  fc.assert(
    fc.property(facts, preset, weights, more, count, (known, name, chosen, of, by) => {
      const formula = formulaOf(name, chosen);
      atLeast(scoreOf(formula, { ...known, [of]: known[of] + by }), scoreOf(formula, known));
      atLeast(scoreOf(formula, known), scoreOf(formula, { ...known, hours: known.hours + by }));
      const taste = { ...known.taste };
      for (const part of ['photo', 'video', 'completion'] as const) taste[part] = 1;
      atLeast(scoreOf(formula, { ...known, taste }), scoreOf(formula, known));
    }),
    { numRuns: 1000 },
  );
});

test('each term of balanced is from 0 to 1, and so is the score', () => {
  fc.assert(
    fc.property(facts, weights, (known, chosen) => {
      const { terms, score } = explain(formulaOf('balanced', chosen), known);
      for (const { value, weight } of terms) {
        assert.ok(value >= 0 && value <= 1 + 1e-12, `value ${value}`);
        assert.ok(weight >= 0 && weight <= 1, `weight ${weight}`);
      }
      const whole = terms.reduce((sum, { weight }) => sum + weight, 0);
      assert.ok(whole === 0 || Math.abs(whole - 1) < 1e-9);
      assert.ok(score >= 0 && score <= 1 + 1e-9);
    }),
    { numRuns: 1000 },
  );
});

test('the terms add up to the score, times the factors, and the same facts give the same', () => {
  fc.assert(
    fc.property(facts, preset, weights, (known, name, chosen) => {
      const { terms, factors, score } = explain(formulaOf(name, chosen), known);
      const sum = terms.reduce((all, { points }) => all + points, 0);
      assert.equal(
        factors.reduce((left, { factor }) => left * factor, sum),
        score,
      );
      for (const { value, weight, points } of terms) assert.equal(points, value * weight);
      assert.equal(scoreOf(formulaOf(name, chosen), structuredClone(known)), score);
    }),
    { numRuns: 1000 },
  );
});

test('a weight of 0 takes a term out', () => {
  fc.assert(
    fc.property(facts, facts, preset, weights, (one, other, name, chosen) => {
      const begins: TermWeights = PRESETS[name];
      const none = Object.fromEntries(Object.keys(begins).map((term) => [term, 0]));
      assert.equal(scoreOf(formulaOf(name, none), one), 0);
      const formula = formulaOf(name, { ...chosen, affinity: 0, recency: 0 });
      const { affinity, hours } = other;
      assert.equal(scoreOf(formula, { ...one, affinity, hours }), scoreOf(formula, one));
    }),
    { numRuns: 500 },
  );
});

test('what is seen, or wanted less, sinks by its factor and is said to', () => {
  const formula = formulaOf('balanced', {});
  const known = { ...NOTHING, likes: 50, affinity: 20 };
  const whole = scoreOf(formula, known);
  const names = {
    seen: 'seen',
    lessOfAuthor: 'less_of_author',
    lessOfHashtag: 'less_of_hashtag',
    lessOfMedia: 'less_of_media',
  } as const;
  for (const [fact, name] of Object.entries(names)) {
    const { score, factors } = explain(formula, { ...known, [fact]: true });
    assert.equal(score, whole * FACTORS[name]);
    assert.deepEqual(factors, [{ name, factor: FACTORS[name] }]);
  }
  assert.deepEqual(explain(formula, known).factors, []);
});

test('as the ranking begins, everything that is new stands above everything that was seen', () => {
  const formula = formulaOf('balanced', {});
  const best = { ...NOTHING, likes: 1e9, comments: 1e9, shares: 1e9, saves: 1e9, affinity: 1e9 };
  const taste = { photo: 0.5, video: 0.5, completion: 0.5 };
  const seen = scoreOf(formula, { ...best, likesPerHour: 1e9, taste, seen: true });
  const least = scoreOf(formula, { ...NOTHING, hours: 1e6, taste });
  assert.ok(least > seen, `${least} is not above ${seen}`);
});

test('taste is even where nothing is known, moves with what is done, and stays within its bounds', () => {
  const none = { engaged: 0, viewed: 0, watched: 0 };
  assert.deepEqual(tasteFrom({ photo: none, video: none }), {
    photo: 0.5,
    video: 0.5,
    completion: 0.5,
  });
  const done = fc.record({ engaged: positive, viewed: positive, watched: positive });
  fc.assert(
    fc.property(done, done, (photo, video) => {
      const taste = tasteFrom({ photo, video });
      for (const value of Object.values(taste)) assert.ok(value >= 0 && value <= 1);
      assert.ok(Math.abs(taste.photo + taste.video - 1) < 1e-9);
      const fonder = tasteFrom({ photo: { ...photo, engaged: photo.engaged + 5 }, video });
      atLeast(fonder.photo, taste.photo);
      const longer = tasteFrom({ photo, video: { ...video, watched: video.watched + 1 } });
      atLeast(longer.completion, taste.completion);
    }),
  );
});
