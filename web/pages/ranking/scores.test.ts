import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRESETS } from '../../../api/limits.ts';
import type { Ranking, Why } from '../../data/why.ts';
import { sharesOf, weigh } from './scores.ts';

const why: Why = {
  because: { kind: 'followed', label: 'alice' },
  preset: 'balanced',
  at: '2026-01-01T00:00:00.000Z',
  terms: [
    { name: 'engagement', value: 0.5, weight: 0.4, points: 0.2, facts: [] },
    { name: 'affinity', value: 1, weight: 0.3, points: 0.3, facts: [] },
    { name: 'recency', value: 0, weight: 0.2, points: 0, facts: [] },
    { name: 'content', value: 1, weight: 0.1, points: 0.1, facts: [] },
  ],
  factors: [{ name: 'seen', factor: 0.5 }],
  score: 0.3,
};
const ranking: Ranking = {
  order: 'ranked',
  preset: 'balanced',
  weights: PRESETS.balanced,
  changed: false,
  less_of: [],
};
const near = (one: number, other: number) => assert.ok(Math.abs(one - other) < 1e-9, `${one}`);

test('with the weights it came with, an answer is weighed as it says', () => {
  const { terms, score } = weigh(why, ranking);
  near(score, why.score);
  for (const [index, term] of why.terms.entries()) near(terms[index]?.points ?? -1, term.points);
  near(weigh(why, null).score, why.score);
});

test('other weights share the whole anew, at once', () => {
  const { terms, score } = weigh(why, { ...ranking, weights: { engagement: 60, affinity: 20 } });
  near(terms[0]?.weight ?? 0, 0.75);
  near(terms[1]?.points ?? 0, 0.25);
  near(score, (0.375 + 0.25) / 2);
  near(terms[0]?.room ?? 0, 1);
  near(terms[0]?.fill ?? 0, 0.5);
  near(terms[2]?.room ?? 1, 0);
});

test('no weight at all is no division by nothing', () => {
  const { terms, score } = weigh(why, { ...ranking, weights: {} });
  near(score, 0);
  assert.ok(terms.every(({ room, fill }) => room === 0 && fill === 0));
});

test('of the simple preset a weight is a factor, and bars are measured by each other', () => {
  const counts: Why = {
    ...why,
    preset: 'simple',
    factors: [],
    terms: [
      { name: 'likes', value: 12, weight: 1, points: 12, facts: [] },
      { name: 'shares', value: 2, weight: 3, points: 6, facts: [] },
    ],
  };
  const simple: Ranking = { ...ranking, preset: 'simple', weights: { likes: 2, shares: 3 } };
  assert.equal(sharesOf('simple', simple.weights).get('likes'), 2);
  const { terms, score } = weigh(counts, simple);
  near(score, 30);
  near(terms[0]?.fill ?? 0, 1);
  near(terms[1]?.fill ?? 0, 0.25);
  // Of another preset, what was answered stands.
  near(weigh(counts, ranking).score, 18);
});
