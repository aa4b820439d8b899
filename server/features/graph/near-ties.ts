import type { PersonId } from '../../../api/ids.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { NearFacts } from '../../kernel/near-facts.ts';
import { ofTies } from '../../kernel/touch-keys.ts';
import { type Relation, STRANGER } from '../../kernel/visibility.ts';
import { ALL_KINDS, findTies, type Ties } from './relations-store.ts';

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
