import type { EmailState } from '../../../api/accounts.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { isUniqueViolation } from '../../ports/db/errors.ts';
import { storedAddress } from './change-email.ts';
import { findChange, type MailRow, saveChange, useMail, voidMails } from './mails/store.ts';
import { mailOfToken } from './mails/tokens.ts';
import { type CredentialsRow, lockCredentials, markEmailVerified, replaceEmail } from './store.ts';

/**
 * Follows the link of a mail that confirms an address: verifies it, or agrees to a change, which happens
 * with the second of the two. Followed again, it says the same and changes nothing.
 * Throws `token_invalid`; `email_taken` when somebody else has taken the new address meanwhile.
 */
export async function confirmEmail(ctx: Context, token: string): Promise<EmailState> {
  const mail = await mailOfToken(ctx, token, ['verify', 'change_old', 'change_new']);
  try {
    return await ctx.db.transaction(async (tx) => {
      const credentials = await lockCredentials(tx, mail.person_id);
      if (!credentials) throw new Problem('token_invalid');
      const state =
        mail.purpose === 'verify'
          ? await verify(ctx, tx, mail, credentials)
          : await agree(ctx, tx, mail, credentials);
      await useMail(tx, mail.person_id, mail.mail_id, ctx.clock.now());
      return state;
    });
  } catch (error) {
    if (isUniqueViolation(error, 'emails_pkey')) throw new Problem('email_taken');
    throw error;
  }
}

async function verify(
  ctx: Context,
  tx: Transaction,
  mail: MailRow,
  credentials: CredentialsRow,
): Promise<EmailState> {
  // The mail went to an address that the account does not have any more.
  if (!storedAddress(ctx, credentials).index.equals(mail.email_index)) {
    throw new Problem('token_invalid');
  }
  await markEmailVerified(tx, mail.person_id, ctx.clock.now());
  return 'verified';
}

async function agree(
  ctx: Context,
  tx: Transaction,
  mail: MailRow,
  credentials: CredentialsRow,
): Promise<EmailState> {
  const now = ctx.clock.now();
  const change = await findChange(tx, mail.person_id);
  if (!change || change.change_id !== mail.change_id) throw new Problem('token_invalid');
  if (change.done_at) return 'changed';
  if (change.expires_at <= now) throw new Problem('token_invalid');
  const agreed =
    mail.purpose === 'change_old'
      ? { ...change, old_confirmed_at: change.old_confirmed_at ?? now }
      : { ...change, new_confirmed_at: change.new_confirmed_at ?? now };
  const oldAgrees = !change.old_needed || agreed.old_confirmed_at !== null;
  const done = oldAgrees && agreed.new_confirmed_at !== null;
  await saveChange(tx, { ...agreed, done_at: done ? now : null });
  if (!done) return oldAgrees ? 'waiting_for_new' : 'waiting_for_old';
  const to = { index: change.email_index, ciphertext: change.email_ciphertext };
  await replaceEmail(tx, mail.person_id, storedAddress(ctx, credentials), to, now);
  // A link that lies in the old mailbox sets no password any more.
  await voidMails(tx, mail.person_id, 'reset', now);
  return 'changed';
}
