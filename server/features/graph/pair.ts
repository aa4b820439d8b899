import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Meeting } from '../../kernel/visibility.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { lockPeople } from '../people/store.ts';
import { type Met, meet, relationTo } from './relations.ts';

/** How two people stand to each other while nobody else can change it. */
export interface Pair extends Meeting {
  readonly viewerId: PersonId;
}

/**
 * Runs `work` in a transaction that holds the rows of both people, taken in the order of their ids: so
 * a follow and a block at the same moment come one after the other, and the later one sees the earlier.
 * Throws `user_not_found` when the other does not exist.
 */
export async function betweenTwo<T>(
  ctx: Context,
  viewerId: PersonId,
  otherId: PersonId,
  work: (tx: Transaction, pair: Pair) => Promise<T>,
): Promise<T> {
  return ctx.db.transaction(async (tx) => {
    const people = await lockPeople(tx, [viewerId, otherId]);
    const person = people.get(otherId);
    if (!person) throw new Problem('user_not_found');
    // Read after the locks, or it would be how they stood before whoever held them.
    const relation = await relationTo(tx, viewerId, otherId);
    return work(tx, { person, viewerId, relation });
  });
}

/** The person of this name, who must not be the viewer. Throws `user_not_found`, `cannot_do_to_self`. */
export async function meetAnother(
  ctx: Context,
  username: string,
  viewerId: PersonId,
): Promise<Met & { readonly viewerId: PersonId }> {
  const { person, relation } = await meet(ctx, username, viewerId);
  if (person.person_id === viewerId) throw new Problem('cannot_do_to_self');
  return { person, relation, viewerId };
}
