import type { Session } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { findIdByUsername } from '../people/store.ts';
import { emailIndex } from './emails.ts';
import { passwordFits } from './passwords.ts';
import { openSession } from './sessions.ts';
import { findCredentials, findIdByEmail } from './store.ts';

/**
 * Logs in by username or e-mail. One answer, after one time, for everything that does not fit; that an
 * account is suspended (`account_suspended`) hears only who knows its password.
 */
export async function logIn(
  ctx: Context,
  login: { username: string; password: string },
  device: string,
): Promise<Session> {
  const personId = login.username.includes('@')
    ? await findIdByEmail(ctx.db, emailIndex(ctx.secrets, login.username))
    : await findIdByUsername(ctx.db, login.username.trim());
  const credentials = personId && (await findCredentials(ctx.db, personId));
  const passwordHash = credentials ? credentials.password_hash : null;
  const fits = await passwordFits(passwordHash, login.password);
  if (!personId || !passwordHash || !fits) throw new Problem('invalid_credentials');
  return openSession(ctx, personId, passwordHash, device);
}
