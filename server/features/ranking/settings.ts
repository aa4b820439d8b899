import { isDeepStrictEqual } from 'node:util';
import type { PersonId } from '../../../api/ids.ts';
import {
  type changeRanking as contract,
  type LessOf,
  PRESETS,
  type Ranking,
  type RankingPreset,
  type TermName,
} from '../../../api/ranking.ts';
import type { BodyOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { ofTaste } from '../../kernel/touch-keys.ts';
import { maySeePerson } from '../../kernel/visibility.ts';
import { meetable } from '../graph/relations.ts';
import {
  AT_FIRST,
  findRankingSettings,
  lockRankingSettings,
  type RankingSettings,
  updateRankingSettings,
} from './settings-store.ts';
import type { TermWeights } from './terms.ts';

/** People who read their feed, some hundred bytes each. */
const KEPT = 20_000;
const KEPT_MS = 3600 * 1000;

const settingsOf = perContext(
  (ctx) =>
    new NearCache<PersonId, RankingSettings>(ctx, {
      max: KEPT,
      ttlMs: KEPT_MS,
      keyOf: ofTaste,
      load: (people) => findRankingSettings(ctx.db, people),
    }),
);

/** How somebody wants their home feed, without waiting, where it is near. */
export const peekSettings = (ctx: Context, personId: PersonId) => settingsOf(ctx).peek(personId);

export async function readSettings(ctx: Context, personId: PersonId): Promise<RankingSettings> {
  return (await settingsOf(ctx).get(personId)) ?? AT_FIRST;
}

/** Changes what is given; what is left out stays. Doing it again changes nothing. */
export async function changeRanking(
  ctx: Context,
  personId: PersonId,
  { order, preset, weights }: BodyOf<typeof contract>,
): Promise<void> {
  await changeSettings(ctx, personId, (was) => {
    const now = preset ?? was.preset;
    const kept = now === was.preset ? was.weights : {};
    return {
      ...was,
      feed_order: order ?? was.feed_order,
      preset: now,
      weights: chosenOf(now, { ...kept, ...weights }),
    };
  });
}

/** The order stays as it is: it is no part of what is begun anew. */
export async function resetRanking(ctx: Context, personId: PersonId): Promise<void> {
  await changeSettings(ctx, personId, ({ feed_order }) => ({ ...AT_FIRST, feed_order }));
}

/** Changes the settings under their lock; where nothing changes, nothing is written. */
export async function changeSettings(
  ctx: Context,
  personId: PersonId,
  change: (was: RankingSettings) => RankingSettings,
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const was = await lockRankingSettings(tx, personId);
    const { revision: _, ...is } = change(was);
    const { revision: __, ...before } = was;
    if (!isDeepStrictEqual(is, before)) await updateRankingSettings(tx, personId, is);
  });
}

/** Those weights that the preset has and that are not as it begins with. */
function chosenOf(preset: RankingPreset, weights: TermWeights): TermWeights {
  const begins: TermWeights = PRESETS[preset];
  const names = Object.keys(begins) as TermName[];
  return Object.fromEntries(
    names
      .filter((name) => weights[name] !== undefined && weights[name] !== begins[name])
      .map((name) => [name, weights[name]]),
  );
}

/** As the contract tells it. Whom the viewer may not see any more is not named, and stays wanted less. */
export async function showRanking(ctx: Context, personId: PersonId): Promise<Ranking> {
  const settings = await readSettings(ctx, personId);
  const { feed_order: order, preset, weights, less_of } = settings;
  const authors = less_of.filter(({ kind }) => kind === 'author').map(({ of }) => of as PersonId);
  const met = await meetable(ctx, personId, authors, maySeePerson);
  const told = less_of.flatMap(({ less_id, kind, of }): LessOf[] => {
    const label = kind === 'author' ? met.get(of as PersonId)?.person.username : of;
    return label === undefined ? [] : [{ less_id, kind, label }];
  });
  return {
    order,
    preset,
    weights: { ...PRESETS[preset], ...weights },
    changed: Object.keys(weights).length > 0,
    less_of: told,
  };
}
