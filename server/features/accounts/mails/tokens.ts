import { timingSafeEqual } from 'node:crypto';
import { ID_PATTERN, type PersonId } from '../../../../api/ids.ts';
import type { Context } from '../../../context.ts';
import { Problem } from '../../../kernel/problem.ts';
import { type Secrets, sign } from '../../../kernel/secrets.ts';
import { findMail, type MailPurpose, type MailRow } from './store.ts';

type Signed = Pick<MailRow, 'person_id' | 'mail_id' | 'purpose' | 'salt'>;

/**
 * The token in the link of a mail: which mail, and a signature over it, its purpose and its salt. It is
 * made when the mail is sent and is kept nowhere, so neither the database nor a job holds it.
 */
export function makeMailToken(secrets: Secrets, mail: Signed): string {
  const place = `${mail.person_id}.${mail.mail_id}`;
  const text = `${mail.purpose}.${place}.${mail.salt.toString('base64url')}`;
  return `${place}.${sign(secrets.mailTokens, text)}`;
}

const idPattern = new RegExp(ID_PATTERN);

/**
 * The mail that a token came in, if it was one of these purposes and its time is not over. Whether it
 * was used before, the caller judges. Throws `token_invalid`.
 */
export async function mailOfToken(
  ctx: Context,
  token: string,
  purposes: readonly MailPurpose[],
): Promise<MailRow> {
  const [personId, mailId, signature, ...rest] = token.split('.');
  if (!personId || !mailId || !signature || rest.length > 0) throw new Problem('token_invalid');
  if (!idPattern.test(personId) || !idPattern.test(mailId)) throw new Problem('token_invalid');
  const mail = await findMail(ctx.db, personId as PersonId, mailId);
  if (!mail || !isOurs(ctx.secrets, token, mail)) throw new Problem('token_invalid');
  if (!purposes.includes(mail.purpose) || mail.expires_at <= ctx.clock.now()) {
    throw new Problem('token_invalid');
  }
  return mail;
}

function isOurs(secrets: Secrets, token: string, mail: MailRow): boolean {
  const expected = Buffer.from(makeMailToken(secrets, mail));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
