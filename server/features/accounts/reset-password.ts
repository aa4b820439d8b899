import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import { findPerson } from '../people/store.ts';
import { storedAddress } from './change-email.ts';
import { decryptEmail, emailIndex } from './emails.ts';
import { queueMail } from './mails/queue.ts';
import { useMail, voidMails } from './mails/store.ts';
import { mailOfToken } from './mails/tokens.ts';
import { hashPassword, passwordFault } from './passwords.ts';
import { announceEnds } from './sessions.ts';
import {
  endSessions,
  findCredentials,
  findIdByEmail,
  lockCredentials,
  markEmailVerified,
  updatePassword,
} from './store.ts';

export const START_RESET = 'start_reset';

/**
 * Somebody forgot a password. All that happens here is the same for every address, known or not, so
 * that neither the answer nor its time tells: whether there is an account, the job finds out.
 */
export async function askForReset(ctx: Context, email: string): Promise<void> {
  const index = emailIndex(ctx.secrets, email).toString('hex');
  await ctx.jobs.add(ctx.db, {
    task: START_RESET,
    key: `${START_RESET}:${index}`,
    payload: { email_index: index },
  });
}

/** The job behind `askForReset`. Too many wishes send no more mails than a few. */
export async function startReset(ctx: Context, emailIndexHex: string): Promise<void> {
  const index = Buffer.from(emailIndexHex, 'hex');
  const personId = await findIdByEmail(ctx.db, index);
  if (!personId) return;
  await ctx.db.transaction(async (tx) => {
    const credentials = await lockCredentials(tx, personId);
    if (!credentials) return;
    const to = storedAddress(ctx, credentials);
    // Only to the address that was asked for, should it have been changed in this moment.
    if (to.index.equals(index)) await queueMail(ctx, tx, { personId, purpose: 'reset', to });
  });
}

/**
 * Sets a password with the token of a mail: once, and with the end of every session. Of two at once, one
 * wins. Throws `token_invalid`, or `validation_failed` for a trivial password, which uses nothing up.
 */
export async function resetPassword(
  ctx: Context,
  wish: { readonly token: string; readonly password: string },
): Promise<void> {
  const mail = await mailOfToken(ctx, wish.token, ['reset']);
  if (mail.used_at) throw new Problem('token_invalid');
  const personId = mail.person_id;
  await refuseTrivial(ctx, personId, wish.password, 'body.password');
  const passwordHash = await hashPassword(wish.password);
  const now = ctx.clock.now();
  const ended = await ctx.db.transaction(async (tx) => {
    const credentials = await lockCredentials(tx, personId);
    const used = credentials && (await useMail(tx, personId, mail.mail_id, now));
    if (!used) throw new Problem('token_invalid');
    await updatePassword(tx, personId, passwordHash);
    await voidMails(tx, personId, 'reset', now);
    const to = storedAddress(ctx, credentials);
    // Who follows a link that was sent there reads the mail of that address.
    if (to.index.equals(mail.email_index)) await markEmailVerified(tx, personId, now);
    await queueMail(ctx, tx, { personId, purpose: 'password_notice', to });
    return endSessions(tx, personId, now, null);
  });
  ctx.log.info({ person_id: personId, security: true }, 'a password was reset');
  announceEnds(ctx, ended);
}

/** Throws `validation_failed`, naming `field`, when the password is a trivial one for this person. */
export async function refuseTrivial(
  ctx: Context,
  personId: PersonId,
  password: string,
  field: string,
): Promise<void> {
  const [person, credentials] = await Promise.all([
    findPerson(ctx.db, personId),
    findCredentials(ctx.db, personId),
  ]);
  const email = credentials ? decryptEmail(ctx.secrets, credentials.email_ciphertext) : '';
  const fault = passwordFault(password, person?.username ?? '', email);
  if (fault) throw fieldProblem({ [field]: fault });
}
