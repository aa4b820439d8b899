import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { fieldProblem, Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { isWaiting } from './account.ts';
import { decryptEmail, emailIndex, encryptEmail } from './emails.ts';
import { queueMail } from './mails/queue.ts';
import { type ChangeRow, findChange, putChange, removeChange } from './mails/store.ts';
import { passwordFits } from './passwords.ts';
import {
  type CredentialsRow,
  findCredentials,
  findIdByEmail,
  holdPassword,
  lockCredentials,
} from './store.ts';

const CHANGE_MS = 24 * 3600 * 1000;

/**
 * Asks for another address. Nothing changes before the links in the mails to both were followed; the
 * old one is not asked when it was never verified, since then a mistyped address could never be mended:
 * it gets a notice. The same wish again sends the mails again. Throws `password_wrong`, `email_taken`.
 */
export async function startEmailChange(
  ctx: Context,
  personId: PersonId,
  wish: { readonly email: string; readonly password: string },
): Promise<void> {
  const known = await findCredentials(ctx.db, personId);
  const fits = await passwordFits(known?.password_hash ?? null, wish.password);
  if (!known || !fits) throw new Problem('password_wrong');
  const index = emailIndex(ctx.secrets, wish.email);
  const holder = await findIdByEmail(ctx.db, index);
  if (holder === personId) throw fieldProblem({ 'body.email': 'is your address already' });
  if (holder) throw new Problem('email_taken');
  await ctx.db.transaction(async (tx) => {
    const credentials = await lockCredentials(tx, personId);
    if (!credentials || !(await holdPassword(tx, personId, known.password_hash))) {
      throw new Problem('password_wrong');
    }
    const waiting = await findChange(tx, personId);
    const same = waiting && isWaiting(ctx, waiting) && waiting.email_index.equals(index);
    const change = same ? waiting : newChange(ctx, personId, credentials, wish.email);
    if (!same) await putChange(tx, change);
    await queueChangeMails(ctx, tx, credentials, change);
  });
}

function newChange(
  ctx: Context,
  personId: PersonId,
  credentials: CredentialsRow,
  email: string,
): ChangeRow {
  const now = ctx.clock.now();
  return {
    person_id: personId,
    change_id: ctx.ids.next<string>(),
    email_index: emailIndex(ctx.secrets, email),
    email_ciphertext: encryptEmail(ctx.secrets, email),
    old_needed: credentials.email_verified_at !== null,
    old_confirmed_at: null,
    new_confirmed_at: null,
    created_at: now,
    expires_at: new Date(now.getTime() + CHANGE_MS),
    done_at: null,
  };
}

/** Mails to those who have not agreed yet. */
async function queueChangeMails(
  ctx: Context,
  tx: Transaction,
  credentials: CredentialsRow,
  change: ChangeRow,
): Promise<void> {
  const { person_id: personId, change_id: changeId } = change;
  const old = storedAddress(ctx, credentials);
  if (!change.old_confirmed_at) {
    const purpose = change.old_needed ? 'change_old' : 'change_notice';
    await queueMail(ctx, tx, { personId, purpose, to: old, changeId });
  }
  if (!change.new_confirmed_at) {
    const to = { index: change.email_index, ciphertext: change.email_ciphertext };
    await queueMail(ctx, tx, { personId, purpose: 'change_new', to, changeId });
  }
}

/** Sends what is waited for again: the mails of a change, or else the one that verifies the address. */
export async function resendMails(ctx: Context, personId: PersonId): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const credentials = await lockCredentials(tx, personId);
    if (!credentials) return;
    const change = await findChange(tx, personId);
    if (change && isWaiting(ctx, change)) {
      await queueChangeMails(ctx, tx, credentials, change);
    } else if (!credentials.email_verified_at) {
      const to = storedAddress(ctx, credentials);
      await queueMail(ctx, tx, { personId, purpose: 'verify', to });
    }
  });
}

/** Leaves the address as it is. Cancelling what is not there changes nothing. */
export async function cancelEmailChange(ctx: Context, personId: PersonId): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await lockCredentials(tx, personId);
    const change = await findChange(tx, personId);
    // One that is done stays, so that its links still say so.
    if (change && change.done_at === null) await removeChange(tx, personId);
  });
}

/** The address that is in use, in the forms in which it is kept. */
export function storedAddress(ctx: Context, { email_ciphertext }: CredentialsRow) {
  const email = decryptEmail(ctx.secrets, email_ciphertext);
  return { index: emailIndex(ctx.secrets, email), ciphertext: email_ciphertext };
}
