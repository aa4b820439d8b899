import type { Account } from '../../../api/accounts.ts';
import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { findPerson } from '../people/store.ts';
import { decryptEmail } from './emails.ts';
import { type ChangeRow, findChange } from './mails/store.ts';
import { findCredentials } from './store.ts';

/** What a person sees of their own account, and nobody else does. */
export async function showAccount(ctx: Context, personId: PersonId): Promise<Account> {
  const [person, credentials, change] = await Promise.all([
    findPerson(ctx.db, personId),
    findCredentials(ctx.db, personId),
    findChange(ctx.db, personId),
  ]);
  if (!person || !credentials) throw new Problem('unauthenticated');
  return {
    user_id: personId,
    username: person.username,
    email: decryptEmail(ctx.secrets, credentials.email_ciphertext),
    email_verified: credentials.email_verified_at !== null,
    email_change: change && isWaiting(ctx, change) ? changeView(ctx, change) : null,
    created_at: person.created_at.toISOString(),
  };
}

/** Whether a change of address still can become one. */
export function isWaiting(ctx: Context, change: ChangeRow): boolean {
  return change.done_at === null && change.expires_at > ctx.clock.now();
}

function changeView(ctx: Context, change: ChangeRow): NonNullable<Account['email_change']> {
  return {
    email: decryptEmail(ctx.secrets, change.email_ciphertext),
    confirmed_by_old: !change.old_needed || change.old_confirmed_at !== null,
    confirmed_by_new: change.new_confirmed_at !== null,
    expires_at: change.expires_at.toISOString(),
  };
}
