import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { findIdByUsername } from './store.ts';

/** The person who holds a name, whatever its case. Throws `user_not_found`. */
export async function personCalled(ctx: Context, username: string): Promise<PersonId> {
  const personId = await findIdByUsername(ctx.db, username);
  if (!personId) throw new Problem('user_not_found');
  return personId;
}
