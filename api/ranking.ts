import { type Static, Type } from 'typebox';
import { ID_PATTERN, PostId } from './ids.ts';
import { SEEN_PER_REPORT_MAX, WEIGHT_MAX } from './limits.ts';
import { defineRoute } from './route.ts';

export { PRESETS, WEIGHT_MAX } from './limits.ts';

const closed = { additionalProperties: false } as const;

export const FeedOrder = Type.Union([Type.Literal('latest'), Type.Literal('ranked')]);
export type FeedOrder = Static<typeof FeedOrder>;

export const RankingPreset = Type.Union([Type.Literal('balanced'), Type.Literal('simple')], {
  description:
    'balanced: shares of a whole, each term from 0 to 1. simple: plain counts, each with a factor',
});
export type RankingPreset = Static<typeof RankingPreset>;

export const TermName = Type.Union([
  Type.Literal('engagement'),
  Type.Literal('affinity'),
  Type.Literal('recency'),
  Type.Literal('content'),
  Type.Literal('likes'),
  Type.Literal('comments'),
  Type.Literal('shares'),
]);
export type TermName = Static<typeof TermName>;

const Weight = Type.Number({ minimum: 0, maximum: WEIGHT_MAX });

/** Weights of terms; those that the preset has not are left aside. */
export const Weights = Type.Object(
  {
    engagement: Type.Optional(Weight),
    affinity: Type.Optional(Weight),
    recency: Type.Optional(Weight),
    content: Type.Optional(Weight),
    likes: Type.Optional(Weight),
    comments: Type.Optional(Weight),
    shares: Type.Optional(Weight),
  },
  closed,
);
export type Weights = Static<typeof Weights>;

export const LessOfKind = Type.Union(
  [Type.Literal('author'), Type.Literal('hashtag'), Type.Literal('media')],
  {
    description: 'author: of this person; hashtag: of its hashtags; media: of photos, or of videos',
  },
);
export type LessOfKind = Static<typeof LessOfKind>;

/** Something that the person wants less of. */
export const LessOf = Type.Object({
  less_id: Type.String({ pattern: ID_PATTERN }),
  kind: LessOfKind,
  label: Type.String({ description: 'A username, a hashtag, or photo, video' }),
});
export type LessOf = Static<typeof LessOf>;

/** How a person wants their home feed. */
export const Ranking = Type.Object({
  order: FeedOrder,
  preset: RankingPreset,
  weights: Weights,
  changed: Type.Boolean({ description: 'The weights are not those that the preset begins with' }),
  less_of: Type.Array(LessOf),
});
export type Ranking = Static<typeof Ranking>;

export const getRanking = defineRoute({
  name: 'GET /feed/ranking',
  summary: 'How your home feed is ordered',
  access: 'signed_in',
  returns: Ranking,
});

export const changeRanking = defineRoute({
  name: 'PUT /feed/ranking',
  summary:
    'Choose how your home feed is ordered; fields and weights that are left out stay as they are. Another preset begins with its own weights',
  access: 'signed_in',
  body: Type.Object(
    {
      order: Type.Optional(FeedOrder),
      preset: Type.Optional(RankingPreset),
      weights: Type.Optional(Weights),
    },
    { ...closed, minProperties: 1 },
  ),
  returns: Ranking,
});

export const resetRanking = defineRoute({
  name: 'DELETE /feed/ranking',
  summary:
    'Begin anew: the balanced preset with its own weights, and nothing that you want less of',
  access: 'signed_in',
  returns: Ranking,
});

export const wantLess = defineRoute({
  name: 'POST /feed/ranking/less',
  summary: 'Less of what this post is',
  access: 'signed_in',
  body: Type.Object({ post_id: PostId, of: LessOfKind }, closed),
  returns: Ranking,
  errors: ['post_not_found', 'nothing_to_want_less_of'],
});

export const wantAgain = defineRoute({
  name: 'DELETE /feed/ranking/less/{less_id}',
  summary: 'Take it back; what is not there (any more) is taken back too',
  access: 'signed_in',
  params: Type.Object({ less_id: Type.String({ pattern: ID_PATTERN }) }, closed),
  returns: Ranking,
});

export const reportSeen = defineRoute({
  name: 'POST /feed/seen',
  summary: 'Posts that have been on the screen: in the ranked feed they sink',
  access: 'signed_in',
  body: Type.Object(
    {
      posts: Type.Array(
        Type.Object(
          {
            post_id: PostId,
            watched: Type.Optional(
              Type.Number({
                minimum: 0,
                maximum: 1,
                description: 'How much of its video was played; the most counts',
              }),
            ),
          },
          closed,
        ),
        { minItems: 1, maxItems: SEEN_PER_REPORT_MAX },
      ),
    },
    closed,
  ),
  returns: Type.Object({}),
});

/** One term of a score. */
export const Term = Type.Object({
  name: TermName,
  value: Type.Number({ description: 'balanced: from 0 to 1; simple: the plain count' }),
  weight: Type.Number({ description: 'balanced: its share of all weights; simple: its factor' }),
  points: Type.Number({ description: 'value × weight' }),
  facts: Type.Array(
    Type.Object({
      name: Type.String({
        description: 'What went into it: likes, saves, likes_per_hour, hours …',
      }),
      value: Type.Number(),
    }),
  ),
});
export type Term = Static<typeof Term>;

export const Why = Type.Object({
  because: Type.Object(
    {
      kind: Type.Union([
        Type.Literal('own'),
        Type.Literal('followed'),
        Type.Literal('hashtag'),
        Type.Literal('not_followed'),
      ]),
      label: Type.Union([Type.String(), Type.Null()], {
        description: 'The username that is followed, or the hashtag',
      }),
    },
    { description: 'Why it can stand in the home feed at all' },
  ),
  preset: RankingPreset,
  at: Type.String({
    format: 'date-time',
    description: 'The time that the terms are worked out for',
  }),
  terms: Type.Array(Term),
  factors: Type.Array(
    Type.Object({
      name: Type.Union([
        Type.Literal('seen'),
        Type.Literal('less_of_author'),
        Type.Literal('less_of_hashtag'),
        Type.Literal('less_of_media'),
      ]),
      factor: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    { description: 'What makes it sink: the sum of all points is multiplied by each' },
  ),
  score: Type.Number(),
});
export type Why = Static<typeof Why>;

export const whyPost = defineRoute({
  name: 'GET /posts/{post_id}/why',
  summary: 'Why this post stands where it stands in your ranked feed',
  access: 'signed_in',
  params: Type.Object({ post_id: PostId }, closed),
  returns: Why,
  errors: ['post_not_found'],
});
