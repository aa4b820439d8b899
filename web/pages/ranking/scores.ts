import { PRESETS } from '../../../api/limits.ts';
import type { Ranking, RankingPreset, Term, Weights, Why } from '../../data/why.ts';

type TermName = Term['name'];

/** The terms of a preset, in the order in which they are shown. */
export function termsOf(preset: RankingPreset): readonly TermName[] {
  return Object.keys(PRESETS[preset]) as TermName[];
}

/** What each weight counts: of balanced its share of all, from 0 to 1; of simple itself. */
export function sharesOf(preset: RankingPreset, weights: Weights): ReadonlyMap<TermName, number> {
  const names = termsOf(preset);
  const sum = names.reduce((total, name) => total + (weights[name] ?? 0), 0);
  const share = (weight: number) => {
    if (preset === 'simple') return weight;
    return sum === 0 ? 0 : weight / sum;
  };
  return new Map(names.map((name) => [name, share(weights[name] ?? 0)]));
}

export interface Weighed extends Term {
  /** From 0 to 1, for the bar: how much it could give, and how much it gives. */
  readonly room: number;
  readonly fill: number;
}

export interface Score {
  readonly terms: readonly Weighed[];
  readonly score: number;
}

/**
 * An answer weighed with other weights than those it came with, as the server would: the values stay,
 * the weights are those of now. Of another preset than the answer's, the answer as it is.
 */
export function weigh(why: Why, ranking: Ranking | null): Score {
  const same = ranking?.preset === why.preset;
  const shares = ranking && same ? sharesOf(why.preset, ranking.weights) : null;
  const terms = why.terms.map((term) => {
    const weight = shares?.get(term.name) ?? term.weight;
    return { ...term, weight, points: term.value * weight };
  });
  const most = (of: (term: Term) => number) => Math.max(...terms.map(of), 0) || 1;
  const mostWeight = most(({ weight }) => weight);
  const mostPoints = most(({ points }) => points);
  const sunk = why.factors.reduce((product, { factor }) => product * factor, 1);
  return {
    terms: terms.map((term) => ({
      ...term,
      // Counts have no most, so that their bars are measured by each other.
      room: why.preset === 'balanced' ? term.weight / mostWeight : 1,
      fill:
        why.preset === 'balanced'
          ? (term.weight / mostWeight) * Math.min(1, term.value)
          : term.points / mostPoints,
    })),
    score: terms.reduce((sum, { points }) => sum + points, 0) * sunk,
  };
}
