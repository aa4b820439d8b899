import type { PersonId } from '../../../api/ids.ts';
import type { Session } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import { isUniqueViolation } from '../../ports/db/errors.ts';
import { usernameFault } from '../people/rules.ts';
import { insertPerson } from '../people/store.ts';
import { emailIndex, encryptEmail } from './emails.ts';
import { queueMail } from './mails/queue.ts';
import { hashPassword, passwordFault } from './passwords.ts';
import { openSession } from './sessions.ts';
import { claimFounder, insertCredentials } from './store.ts';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly full_name: string;
}

/** Creates an account, sends the mail that verifies its address, and logs it in. The first account of a server is its admin. */
export async function registerAccount(
  ctx: Context,
  account: NewAccount,
  device: string,
): Promise<Session> {
  refuseFaults(account);
  const personId = ctx.ids.next<PersonId>();
  const passwordHash = await hashPassword(account.password);
  const to = {
    index: emailIndex(ctx.secrets, account.email),
    ciphertext: encryptEmail(ctx.secrets, account.email),
  };
  try {
    await ctx.db.transaction(async (tx) => {
      const founder = await claimFounder(tx, personId);
      await insertPerson(tx, {
        personId,
        username: account.username,
        fullName: account.full_name.trim(),
        role: founder ? 'admin' : 'member',
        at: ctx.clock.now(),
      });
      await insertCredentials(tx, {
        personId,
        emailIndex: to.index,
        emailCiphertext: to.ciphertext,
        passwordHash,
      });
      await queueMail(ctx, tx, { personId, purpose: 'verify', to });
    });
  } catch (error) {
    if (isUniqueViolation(error, 'usernames_pkey')) throw new Problem('username_taken');
    if (isUniqueViolation(error, 'emails_pkey')) throw new Problem('email_taken');
    throw error;
  }
  return openSession(ctx, personId, passwordHash, device);
}

function refuseFaults(account: NewAccount): void {
  const faults: Record<string, string> = {};
  const username = usernameFault(account.username);
  if (username) faults['body.username'] = username;
  if (account.full_name.trim() === '') faults['body.full_name'] = 'must not be empty';
  const password = passwordFault(account.password, account.username, account.email);
  if (password) faults['body.password'] = password;
  if (Object.keys(faults).length > 0) throw fieldProblem(faults);
}
