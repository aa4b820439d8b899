import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { nearUsernames } from './near.ts';

/** The person who holds a name, whatever its case. Throws `user_not_found`. */
export async function personCalled(ctx: Context, username: string): Promise<PersonId> {
  const holder = await nearUsernames(ctx).get(username.toLowerCase());
  if (!holder) throw new Problem('user_not_found');
  return holder.person_id;
}
