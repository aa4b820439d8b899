import { randomBytes } from 'node:crypto';
import type { PersonId } from '../../../../api/ids.ts';
import type { Context } from '../../../context.ts';
import type { Transaction } from '../../../ports/db/db.ts';
import { countMails, insertMail, type MailPurpose, voidMails } from './store.ts';

export const SEND_ACCOUNT_MAIL = 'send_account_mail';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of one purpose to one person. */
const MAILS_PER_HOUR = 5;

/** How long a link works. `words.ts` says the same to people. */
const LIFETIME_MS: Readonly<Record<MailPurpose, number>> = {
  verify: 72 * HOUR_MS,
  reset: HOUR_MS,
  change_old: 24 * HOUR_MS,
  change_new: 24 * HOUR_MS,
  change_notice: 24 * HOUR_MS,
  password_notice: 24 * HOUR_MS,
};

export interface NewMail {
  readonly personId: PersonId;
  readonly purpose: MailPurpose;
  /** The address as it is kept. */
  readonly to: { readonly index: Buffer; readonly ciphertext: Buffer };
  readonly changeId?: string;
}

/**
 * Has a mail sent once the transaction commits. The caller holds the lock on the person's credentials.
 * At most one a minute to an address and five an hour, for each purpose: beyond that nothing
 * happens, and nobody is told.
 */
export async function queueMail(ctx: Context, tx: Transaction, mail: NewMail): Promise<void> {
  const { personId, purpose, to } = mail;
  const now = ctx.clock.now();
  const before = (ms: number) => new Date(now.getTime() - ms);
  const made = await countMails(tx, personId, purpose, before(HOUR_MS), {
    index: to.index,
    lately: before(MINUTE_MS),
  });
  if (made.lately > 0 || made.all >= MAILS_PER_HOUR) {
    ctx.log.info({ person_id: personId, purpose }, 'no mail: there were enough of them lately');
    return;
  }
  // Only the newest link sets a password.
  if (purpose === 'reset') await voidMails(tx, personId, purpose, now);
  const mailId = ctx.ids.next<string>();
  await insertMail(tx, {
    person_id: personId,
    mail_id: mailId,
    purpose,
    change_id: mail.changeId ?? null,
    salt: randomBytes(16),
    email_index: to.index,
    email_ciphertext: to.ciphertext,
    created_at: now,
    expires_at: new Date(now.getTime() + LIFETIME_MS[purpose]),
  });
  await ctx.jobs.add(tx, {
    task: SEND_ACCOUNT_MAIL,
    key: `${SEND_ACCOUNT_MAIL}:${mailId}`,
    payload: { person_id: personId, mail_id: mailId },
  });
}
