import type { PersonId } from '../../../api/ids.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { NearFacts } from '../../kernel/near-facts.ts';
import { ofTies } from '../../kernel/touch-keys.ts';
import { type Relation, STRANGER } from '../../kernel/visibility.ts';
import {
  ALL_KINDS,
  findTieFronts,
  findTies,
  type TieColumns,
  type Ties,
} from './relations-store.ts';

/** About 100 bytes each. */
const TIES_MAX = 500_000;
const TIES_TTL_MS = 5 * 60 * 1000;

/** How viewers stand to those whom they have come across; who is a stranger is remembered as one. */
export const nearTies = perContext(
  (ctx) =>
    new NearFacts<PersonId, PersonId, Relation>(ctx, {
      max: TIES_MAX,
      ttlMs: TIES_TTL_MS,
      keyOf: ofTies,
      absent: STRANGER,
      keeps: ctx.config.nearViewers,
      loadFronts: async (viewers) => {
        const fronts = await findTieFronts(ctx.db, viewers);
        return new Map(
          fronts.map(({ viewer_id, above, ...row }) => [viewer_id, { facts: tiesIn(row), above }]),
        );
      },
      load: async (asked) => {
        const found = await findTies(
          ctx.db,
          asked.map(({ owner, ids }) => ({ viewerId: owner, others: ids })),
        );
        return new Map(found.map((ties) => [ties.viewer_id, relationsIn(ties)]));
      },
    }),
);

function relationsIn(ties: Ties): Map<PersonId, Relation> {
  const bits = new Map<PersonId, number>();
  for (const [place, kind] of ALL_KINDS.entries()) {
    for (const other of ties[kind]) bits.set(other, (bits.get(other) ?? 0) | (1 << place));
  }
  return new Map([...bits].map(([other, all]) => [other, relationOf(all)]));
}

/** How a viewer stands to each of `asked`, from a row that was asked about all of them. */
export function relationsFrom(
  asked: Iterable<PersonId>,
  row: TieColumns,
): ReadonlyMap<PersonId, Relation> {
  const bits = bitsIn(row);
  const found = new Map<PersonId, Relation>();
  for (const id of asked) found.set(id, relationOf(bits.get(id) ?? 0));
  return found;
}

const tiesIn = (row: TieColumns) =>
  new Map([...bitsIn(row)].map(([other, all]) => [other, relationOf(all)]));

function bitsIn(row: TieColumns): Map<PersonId, number> {
  const bits = new Map<PersonId, number>();
  for (let place = 0; place < ALL_KINDS.length; place += 1) {
    const ids = row[ALL_KINDS[place] as keyof TieColumns];
    if (ids === null) continue;
    for (const id of ids.split(' ') as PersonId[]) {
      bits.set(id, (bits.get(id) ?? 0) | (1 << place));
    }
  }
  return bits;
}

/** Of the same kinds the same object: there are few, and hundreds of thousands stand in memory. */
const relations: Relation[] = [STRANGER];

function relationOf(bits: number): Relation {
  const known = relations[bits];
  if (known) return known;
  const holds = ALL_KINDS.map((kind, place) => [kind, (bits & (1 << place)) !== 0]);
  const relation: Relation = Object.freeze(Object.fromEntries(holds));
  relations[bits] = relation;
  return relation;
}
