import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { NearFacts } from '../../kernel/near-facts.ts';
import { ofFollowedTags } from '../../kernel/touch-keys.ts';
import { followedTagsOf } from './store.ts';

/** Sets of tags; each holds 100 at most. */
const SETS_MAX = 20_000;
const SETS_TTL_MS = 5 * 60 * 1000;

/** The one question that there is about somebody. */
const ALL = ['all'] as const;
type All = (typeof ALL)[number];
const NONE: ReadonlySet<string> = new Set();

const nearFollowedTags = perContext(
  (ctx) =>
    new NearFacts<PersonId, All, ReadonlySet<string>>(ctx, {
      max: SETS_MAX,
      ttlMs: SETS_TTL_MS,
      keyOf: ofFollowedTags,
      absent: NONE,
      keeps: ctx.config.nearViewers,
      load: async (asked) => {
        const found = await followedTagsOf(
          ctx.db,
          asked.map(({ owner }) => owner),
        );
        return new Map([...found].map(([owner, tags]) => [owner, new Map([['all', tags]])]));
      },
    }),
);

/** The hashtags that a person follows; at most 100. */
export async function tagsFollowedBy(
  ctx: Context,
  personId: PersonId,
): Promise<ReadonlySet<string>> {
  return (await nearFollowedTags(ctx).get(personId, ALL)).get('all') ?? NONE;
}

/** The same without waiting; undefined when they are not near. */
export function peekTagsFollowedBy(
  ctx: Context,
  personId: PersonId,
): ReadonlySet<string> | undefined {
  return nearFollowedTags(ctx).peek(personId)?.get('all');
}
