import {
  PRESETS,
  type RankingPreset,
  type Term,
  type TermName,
  type Why,
} from '../../../api/ranking.ts';

/**
 * The named terms of the ranking, pure: the same facts, weights and time give the same score, always.
 * There is no chance in it, and so no seed. Where a constant comes from: docs/decisions/0021-ranking.md.
 */

export type Medium = 'photo' | 'video';

/** What is known of a post and of what its viewer made of such posts. Counts that are hidden from them are 0. */
export interface Facts {
  readonly likes: number;
  readonly comments: number;
  /** Sent on and reposted. */
  readonly shares: number;
  readonly saves: number;
  readonly likesPerHour: number;
  /** Since it was published; below 0 counts as 0. */
  readonly hours: number;
  /** How close the viewer stands to its author, in points of features/affinity/weights.ts. */
  readonly affinity: number;
  readonly medium: Medium | null;
  readonly taste: Taste;
  readonly seen: boolean;
  readonly lessOfAuthor: boolean;
  readonly lessOfHashtag: boolean;
  readonly lessOfMedia: boolean;
}

/** What the viewer makes of photos and of videos, from 0 to 1; a half where nothing is known. */
export interface Taste {
  readonly photo: number;
  readonly video: number;
  /** How much of a video they play. */
  readonly completion: number;
}

export type TermWeights = Readonly<Partial<Record<TermName, number>>>;

/** `half` is where a count is worth a half: from 0 to 1, ever more slowly. */
const saturating = (count: number, half: number) => {
  const more = Math.max(0, count);
  return more === Number.POSITIVE_INFINITY ? 1 : more / (more + half);
};

/** Full for the first hour, then half after each of these. */
export const RECENCY_HALF_LIFE_HOURS = 24;

export function recencyOf(hours: number): number {
  return hours <= 1 ? 1 : 0.5 ** ((hours - 1) / RECENCY_HALF_LIFE_HOURS);
}

/** Points of affinity that are worth a half: ten likes, or three comments, of the last days. */
export const AFFINITY_HALF = 10;

export const affinityOf = (points: number) => saturating(points, AFFINITY_HALF);

/** Of `engagement`: the share of each count, 1 in all, and what of it is worth a half. */
export const ENGAGEMENT = {
  likes: { share: 0.25, half: 20 },
  comments: { share: 0.2, half: 5 },
  shares: { share: 0.2, half: 3 },
  saves: { share: 0.15, half: 3 },
  likesPerHour: { share: 0.2, half: 5 },
} as const;

export function engagementOf(facts: Pick<Facts, keyof typeof ENGAGEMENT>): number {
  return (
    ENGAGEMENT.likes.share * saturating(facts.likes, ENGAGEMENT.likes.half) +
    ENGAGEMENT.comments.share * saturating(facts.comments, ENGAGEMENT.comments.half) +
    ENGAGEMENT.shares.share * saturating(facts.shares, ENGAGEMENT.shares.half) +
    ENGAGEMENT.saves.share * saturating(facts.saves, ENGAGEMENT.saves.half) +
    ENGAGEMENT.likesPerHour.share * saturating(facts.likesPerHour, ENGAGEMENT.likesPerHour.half)
  );
}

/** Of `content` of a video: how much of such videos the viewer plays; the rest is that they like videos. */
export const COMPLETION_SHARE = 0.4;

export function contentOf({ medium, taste }: Pick<Facts, 'medium' | 'taste'>): number {
  if (medium === 'video') {
    return (1 - COMPLETION_SHARE) * taste.video + COMPLETION_SHARE * taste.completion;
  }
  return medium === 'photo' ? taste.photo : 0.5;
}

/** What was done with one kind of medium; see features/affinity. */
interface Preference {
  readonly engaged: number;
  readonly viewed: number;
  readonly watched: number;
}

/** Views that are taken as given, half of them engaged: so that the first ones decide nothing. */
export const VIEWS_ASSUMED = 10;

/** From what somebody did to what they make of it. */
export function tasteFrom({ photo, video }: Readonly<Record<Medium, Preference>>): Taste {
  const [ofPhotos, ofVideos] = [engagedShare(photo), engagedShare(video)];
  const watched = Math.min(video.watched, video.viewed);
  return {
    photo: ofPhotos / (ofPhotos + ofVideos),
    video: ofVideos / (ofPhotos + ofVideos),
    completion: (watched + VIEWS_ASSUMED / 2) / (video.viewed + VIEWS_ASSUMED),
  };
}

/** Engaged with, of those seen. What was not reported as seen, and liked, was seen all the same. */
function engagedShare({ engaged, viewed }: Preference): number {
  return (engaged + VIEWS_ASSUMED / 2) / (Math.max(viewed, engaged) + VIEWS_ASSUMED);
}

/** What makes a post sink: its score is multiplied by each that holds. */
export const FACTORS = {
  seen: 0.05,
  less_of_author: 0.2,
  less_of_hashtag: 0.3,
  less_of_media: 0.4,
} as const;
type Factor = Why['factors'][number];

/** The value of each term: in `balanced` from 0 to 1; in `simple` a plain count, or from 0 to 1. */
const VALUES: Readonly<
  Record<RankingPreset, Readonly<Partial<Record<TermName, (facts: Facts) => number>>>>
> = {
  balanced: {
    engagement: engagementOf,
    affinity: ({ affinity }) => affinityOf(affinity),
    recency: ({ hours }) => recencyOf(hours),
    content: contentOf,
  },
  simple: {
    likes: ({ likes }) => likes,
    comments: ({ comments }) => comments,
    shares: ({ shares }) => shares,
    recency: ({ hours }) => recencyOf(hours),
    affinity: ({ affinity }) => affinityOf(affinity),
  },
};

/** One term, ready to be asked for many posts. */
interface Weighed {
  readonly name: TermName;
  readonly weight: number;
  readonly value: (facts: Facts) => number;
}

/** A preset with the weights that somebody chose: in `balanced` they are shares, and make up 1. */
export interface Formula {
  readonly preset: RankingPreset;
  readonly terms: readonly Weighed[];
}

/** Weights that are left out are those that the preset begins with; all at 0 is the order of time. */
export function formulaOf(preset: RankingPreset, chosen: TermWeights): Formula {
  const begins: TermWeights = PRESETS[preset];
  const names = Object.keys(begins) as TermName[];
  const weights = names.map((name) => chosen[name] ?? begins[name] ?? 0);
  const sum = weights.reduce((a, b) => a + b, 0);
  const whole = preset === 'balanced' && sum > 0 ? sum : 1;
  return {
    preset,
    terms: names.map((name, index) => ({
      name,
      weight: (weights[index] ?? 0) / whole,
      value: VALUES[preset][name] ?? (() => 0),
    })),
  };
}

/** The sum of all points, multiplied by all factors. */
export function scoreOf(formula: Formula, facts: Facts): number {
  let sum = 0;
  for (const { weight, value } of formula.terms) sum += value(facts) * weight;
  if (facts.seen) sum *= FACTORS.seen;
  if (facts.lessOfAuthor) sum *= FACTORS.less_of_author;
  if (facts.lessOfHashtag) sum *= FACTORS.less_of_hashtag;
  if (facts.lessOfMedia) sum *= FACTORS.less_of_media;
  return sum;
}

/** The same score, with all that went into it. */
export function explain(
  formula: Formula,
  facts: Facts,
): { terms: Term[]; factors: Factor[]; score: number } {
  const terms = formula.terms.map(({ name, weight, value: ask }): Term => {
    const value = ask(facts);
    return { name, value, weight, points: value * weight, facts: [...FACTS[name](facts)] };
  });
  return { terms, factors: factorsOf(facts), score: scoreOf(formula, facts) };
}

export function factorsOf(facts: Facts): Factor[] {
  const holds: Readonly<Record<keyof typeof FACTORS, boolean>> = {
    seen: facts.seen,
    less_of_author: facts.lessOfAuthor,
    less_of_hashtag: facts.lessOfHashtag,
    less_of_media: facts.lessOfMedia,
  };
  return (Object.keys(FACTORS) as (keyof typeof FACTORS)[])
    .filter((name) => holds[name])
    .map((name) => ({ name, factor: FACTORS[name] }));
}

const hours = (facts: Facts) => [{ name: 'hours', value: Math.max(0, facts.hours) }];

/** What went into each term, as `why` tells it. */
const FACTS: Readonly<Record<TermName, (facts: Facts) => Term['facts']>> = {
  engagement: ({ likes, comments, shares, saves, likesPerHour }) => [
    { name: 'likes', value: likes },
    { name: 'comments', value: comments },
    { name: 'shares', value: shares },
    { name: 'saves', value: saves },
    { name: 'likes_per_hour', value: likesPerHour },
  ],
  affinity: ({ affinity }) => [{ name: 'closeness', value: affinity }],
  recency: hours,
  content: ({ medium, taste }) =>
    medium === 'video'
      ? [
          { name: 'video', value: taste.video },
          { name: 'completion', value: taste.completion },
        ]
      : [{ name: 'photo', value: medium === 'photo' ? taste.photo : 0.5 }],
  likes: ({ likes }) => [{ name: 'likes', value: likes }],
  comments: ({ comments }) => [{ name: 'comments', value: comments }],
  shares: ({ shares }) => [{ name: 'shares', value: shares }],
};
