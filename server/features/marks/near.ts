import type { PersonId, PostId } from '../../../api/ids.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { NearFacts } from '../../kernel/near-facts.ts';
import { ofMarks } from '../../kernel/touch-keys.ts';
import { findMarkFronts, findMarks, type Marks, NO_MARKS } from './store.ts';

/** About 100 bytes each. */
const MARKS_MAX = 500_000;
const MARKS_TTL_MS = 5 * 60 * 1000;

/** What viewers have marked of the posts that they have come across. */
export const nearMarks = perContext(
  (ctx) =>
    new NearFacts<PersonId, PostId, Marks>(ctx, {
      max: MARKS_MAX,
      ttlMs: MARKS_TTL_MS,
      keyOf: ofMarks,
      absent: NO_MARKS,
      keeps: ctx.config.nearViewers,
      loadFronts: (people) => findMarkFronts(ctx.db, people),
      load: (asked) =>
        findMarks(
          ctx.db,
          asked.map(({ owner, ids }) => ({ personId: owner, postIds: ids })),
        ),
    }),
);
