import type { PersonId } from '../../../api/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { addPreferences, type Medium, type PreferenceRow } from './preferences-store.ts';
import { type AffinityRow, addAffinities, type Newcomer, trimAffinities } from './store.ts';
import { decayed, INTERACTIONS, type InteractionKind, TRIM_CHANCE } from './weights.ts';

/** Something that one person did with another's post, or with them. */
export interface Interaction {
  /** Who did it: what they feel close to is theirs alone, and nobody can bring themselves closer to others. */
  readonly personId: PersonId;
  /** Whose post it was done with. With one's own nothing is noted. */
  readonly otherId: PersonId;
  readonly kind: InteractionKind;
  readonly at: Date;
  /** It is taken back at `at`, and had been done then. */
  readonly undoes?: Date;
  /** What the post shows first, where it is a post; see posts/medium.ts. */
  readonly medium?: Medium | null;
}

/**
 * Keeps what the ranking knows of people's closeness to others and of their taste, in the transaction of
 * what they did: any number of interactions, in two statements, and now and then one more where somebody
 * stands close to a person for the first time. Those of one interaction or two are started at once, so that
 * what is started after them travels with them. To be called before the counts of the post are changed, so
 * that all take their locks in one order. Nothing that memory holds depends on it.
 */
export async function noteInteractions(
  tx: Transaction,
  interactions: readonly Interaction[],
): Promise<void> {
  const noted = interactions.filter(({ personId, otherId }) => personId !== otherId);
  const [first] = noted;
  if (!first) return;
  const [joined] = await Promise.all([
    addAffinities(tx, sumOf(noted)),
    addPreferences(tx, preferencesIn(noted)),
  ]);
  await trimAffinities(tx, toTrim(joined), first.at);
}

/**
 * To find out who of hundreds is least close costs more than all the rest, so it is left to chance: with
 * one in 16 newcomers, one person in some ten thousand ever has 150 more than the bound. Who has taken
 * back what is not there leaves at once.
 */
function toTrim(joined: readonly Newcomer[]): PersonId[] {
  const drawn = joined.filter(({ score }) => score < 0 || Math.random() < TRIM_CHANCE);
  return [...new Set(drawn.map(({ person_id }) => person_id))];
}

/** What an interaction is worth at the time at which it is written; below 0 where it takes back. */
function worth({ kind, at, undoes }: Interaction): number {
  const weight = INTERACTIONS[kind];
  return undoes === undefined ? weight : -decayed(weight, undoes, at);
}

/** One row for each pair. */
function sumOf(interactions: readonly Interaction[]): AffinityRow[] {
  const rows = new Map<string, AffinityRow>();
  for (const one of interactions) {
    const { personId: person_id, otherId: other_id, at } = one;
    const key = `${person_id} ${other_id}`;
    const score = worth(one) + (rows.get(key)?.score ?? 0);
    rows.set(key, { person_id, other_id, score, at });
  }
  return [...rows.values()];
}

/** A person who is named, or looked up, is no medium; everything else counts one. */
function preferencesIn(interactions: readonly Interaction[]): PreferenceRow[] {
  const rows = new Map<string, PreferenceRow>();
  for (const { personId: person_id, medium, at, undoes } of interactions) {
    if (!medium) continue;
    const key = `${person_id} ${medium}`;
    const one = undoes === undefined ? 1 : -decayed(1, undoes, at);
    const engaged = one + (rows.get(key)?.engaged ?? 0);
    rows.set(key, { person_id, medium, engaged, viewed: 0, watched: 0, at });
  }
  return [...rows.values()];
}
