import type { PersonId } from '../../../../api/ids.ts';
import type { Context } from '../../../context.ts';
import { MailRefused } from '../../../ports/mail/mail.ts';
import { findPerson } from '../../people/store.ts';
import { decryptEmail } from '../emails.ts';
import { composeMail } from './compose.ts';
import { findChange, findMail, type MailPurpose, type MailRow, markMailSent } from './store.ts';
import { makeMailToken } from './tokens.ts';

/** The page that each link opens. None of them does anything by being opened. */
const PAGES: Readonly<Record<MailPurpose, string>> = {
  verify: '/verify-email',
  reset: '/reset-password',
  change_old: '/verify-email',
  change_new: '/verify-email',
  change_notice: '/settings/account',
  password_notice: '/forgot-password',
};
const WITH_TOKEN: ReadonlySet<MailPurpose> = new Set([
  'verify',
  'reset',
  'change_old',
  'change_new',
]);

/**
 * The job behind `queueMail`. A mail that is out is not sent again, unless the process dies between the
 * mail server's yes and writing it down: then two with one Message-ID and one token are. Rejects when
 * the mail server says: not now.
 */
export async function sendAccountMail(
  ctx: Context,
  personId: PersonId,
  mailId: string,
  signal: AbortSignal,
): Promise<void> {
  const mail = await findMail(ctx.db, personId, mailId);
  if (!mail || mail.sent_at || mail.used_at) return;
  if (mail.expires_at <= ctx.clock.now()) {
    ctx.log.warn({ person_id: personId, mail_id: mailId }, 'a mail could not be sent in time');
    return;
  }
  const person = await findPerson(ctx.db, personId);
  if (!person) return;
  const about = mail.change_id === null ? null : await newAddress(ctx, mail);
  // The change that the mail is about was taken back, or another one took its place.
  if (mail.change_id !== null && about === null) return;
  const composed = composeMail({
    language: 'en',
    purpose: mail.purpose,
    username: person.username,
    site: siteOf(ctx),
    link: linkOf(ctx, mail),
    ...(about === null ? {} : { email: about }),
  });
  const to = decryptEmail(ctx.secrets, mail.email_ciphertext);
  try {
    await ctx.mail.send({ id: `account.${mailId}`, to, ...composed }, signal);
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    // Asking again changes nothing; the person sees in their settings that they are not verified.
    ctx.log.warn({ person_id: personId, mail_id: mailId, err: error }, 'a mail was refused');
    return;
  }
  await markMailSent(ctx.db, personId, mailId, ctx.clock.now());
}

/** Never from the request that asked for the mail: its Host header is whatever the sender likes. */
function siteOf({ config }: Context): string {
  return config.publicUrl ?? `http://localhost:${config.port}`;
}

function linkOf(ctx: Context, mail: MailRow): string {
  const link = new URL(PAGES[mail.purpose], siteOf(ctx));
  if (WITH_TOKEN.has(mail.purpose)) {
    // So that the page can say what it is about before it asks.
    if (mail.change_id !== null) link.searchParams.set('for', mail.purpose);
    link.searchParams.set('token', makeMailToken(ctx.secrets, mail));
  }
  return link.href;
}

async function newAddress(ctx: Context, mail: MailRow): Promise<string | null> {
  const change = await findChange(ctx.db, mail.person_id);
  if (change?.change_id !== mail.change_id) return null;
  return decryptEmail(ctx.secrets, change.email_ciphertext);
}
