import type { SuggestedUser } from '../../../api/graph.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { showInList } from './list-people.ts';
import { meetable } from './relations.ts';
import { askToSuggest, FIND_POPULAR, maySuggest, suggest } from './suggest.ts';
import { dismiss, lastRun, readPopular, readSuggestions } from './suggestions-store.ts';

const SHOWN_MAX = 30;
const NAMED_MAX = 2;
/** Older ones are worked out anew; meanwhile they are still shown. */
const GOOD_FOR_MS = 24 * 3600 * 1000;

/** Whom somebody may want to know, judged as things stand now. The first time it is worked out at once. */
export async function suggestedPeople(ctx: Context, viewerId: PersonId): Promise<SuggestedUser[]> {
  const computedAt = await lastRun(ctx.db, viewerId);
  if (computedAt === null) await suggest(ctx, viewerId);
  else if (isOld(ctx, computedAt)) await refresh(ctx, viewerId);
  const kept = await readSuggestions(ctx.db, viewerId);
  const people = kept.flatMap(({ suggestedId, via }) => [suggestedId, ...via]);
  const met = await meetable(ctx, viewerId, people);
  const shown = kept.flatMap(({ suggestedId, via, viaCount }): SuggestedUser[] => {
    const found = met.get(suggestedId);
    if (!found || !maySuggest(found)) return [];
    const usernames = via.flatMap((id) => {
      const friend = met.get(id);
      return friend?.relation.following ? [friend.person.username] : [];
    });
    // Whoever led to them is followed no more: no reason is left, until it is worked out anew.
    if (viaCount > 0 && usernames.length === 0) return [];
    const count = viaCount - (via.length - usernames.length);
    return [{ ...showInList(found), reason: { usernames: usernames.slice(0, NAMED_MAX), count } }];
  });
  return shown.slice(0, SHOWN_MAX);
}

const isOld = (ctx: Context, at: Date) => ctx.clock.millis() - at.getTime() > GOOD_FOR_MS;

async function refresh(ctx: Context, viewerId: PersonId): Promise<void> {
  const popular = await readPopular(ctx.db);
  if (popular && isOld(ctx, popular.computedAt)) {
    await ctx.jobs.add(ctx.db, { task: FIND_POPULAR, key: FIND_POPULAR, payload: {} });
  }
  await askToSuggest(ctx, ctx.db, viewerId);
}

/** Not this person again. Doing it again changes nothing. */
export async function dismissSuggestion(ctx: Context, viewerId: PersonId, otherId: PersonId) {
  await ctx.db.transaction((tx) => dismiss(tx, viewerId, otherId, ctx.clock.now()));
}
