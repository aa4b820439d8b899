import type { Context } from '../../context.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { storedAddress } from './change-email.ts';
import { queueMail } from './mails/queue.ts';
import { voidMails } from './mails/store.ts';
import { hashPassword, passwordFits } from './passwords.ts';
import { refuseTrivial } from './reset-password.ts';
import { announceEnds } from './sessions.ts';
import { endSessions, findCredentials, lockCredentials, updatePassword } from './store.ts';

/**
 * Another password, for who knows the present one. Every session but the one that asks ends, and links
 * to reset the password work no more. Throws `password_wrong`, or `validation_failed`.
 */
export async function changePassword(
  ctx: Context,
  viewer: Viewer,
  wish: { readonly current_password: string; readonly new_password: string },
): Promise<void> {
  const { personId, sessionId } = viewer;
  const known = await findCredentials(ctx.db, personId);
  const fits = await passwordFits(known?.password_hash ?? null, wish.current_password);
  if (!known || !fits) throw new Problem('password_wrong');
  if (wish.new_password === wish.current_password) {
    throw fieldProblem({ 'body.new_password': 'must be another one than you have' });
  }
  await refuseTrivial(ctx, personId, wish.new_password, 'body.new_password');
  const passwordHash = await hashPassword(wish.new_password);
  const now = ctx.clock.now();
  const ended = await ctx.db.transaction(async (tx) => {
    const credentials = await lockCredentials(tx, personId);
    // Somebody else was faster with another one.
    if (credentials?.password_hash !== known.password_hash) throw new Problem('password_wrong');
    await updatePassword(tx, personId, passwordHash);
    await voidMails(tx, personId, 'reset', now);
    const to = storedAddress(ctx, credentials);
    await queueMail(ctx, tx, { personId, purpose: 'password_notice', to });
    return endSessions(tx, personId, now, sessionId);
  });
  ctx.log.info({ person_id: personId, security: true }, 'a password was changed');
  announceEnds(ctx, ended);
}
