import type { PersonId } from '../../../../api/ids.ts';
import type { Queryable, Transaction } from '../../../ports/db/db.ts';

/** What a mail is for: links to follow, and notices without one that does anything. */
export type MailPurpose =
  | 'verify'
  | 'reset'
  | 'change_old'
  | 'change_new'
  | 'change_notice'
  | 'password_notice';

export interface MailRow {
  person_id: PersonId;
  mail_id: string;
  purpose: MailPurpose;
  change_id: string | null;
  salt: Buffer;
  email_index: Buffer;
  email_ciphertext: Buffer;
  created_at: Date;
  expires_at: Date;
  sent_at: Date | null;
  used_at: Date | null;
}

export interface ChangeRow {
  person_id: PersonId;
  change_id: string;
  email_index: Buffer;
  email_ciphertext: Buffer;
  old_needed: boolean;
  old_confirmed_at: Date | null;
  new_confirmed_at: Date | null;
  created_at: Date;
  expires_at: Date;
  done_at: Date | null;
}

const MAIL = `person_id, mail_id, purpose, change_id, salt, email_index, email_ciphertext, created_at,
  expires_at, sent_at, used_at`;
const CHANGE = `person_id, change_id, email_index, email_ciphertext, old_needed, old_confirmed_at,
  new_confirmed_at, created_at, expires_at, done_at`;

export async function insertMail(
  tx: Transaction,
  mail: Omit<MailRow, 'sent_at' | 'used_at'>,
): Promise<void> {
  await tx.query(
    `insert into account_mails (person_id, mail_id, purpose, change_id, salt, email_index,
       email_ciphertext, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      mail.person_id,
      mail.mail_id,
      mail.purpose,
      mail.change_id,
      mail.salt,
      mail.email_index,
      mail.email_ciphertext,
      mail.created_at,
      mail.expires_at,
    ],
  );
}

export async function findMail(q: Queryable, personId: PersonId, mailId: string) {
  const [row] = await q.query<MailRow>(
    `select ${MAIL} from account_mails where person_id = $1 and mail_id = $2`,
    [personId, mailId],
  );
  return row ?? null;
}

/** How many mails of a purpose were made since, and how many of them to this address since `lately`. */
export async function countMails(
  q: Queryable,
  personId: PersonId,
  purpose: MailPurpose,
  since: Date,
  to: { readonly index: Buffer; readonly lately: Date },
): Promise<{ all: number; lately: number }> {
  const [row] = await q.query<{ all: number; lately: number }>(
    `select count(*)::int as all,
       (count(*) filter (where email_index = $4 and created_at > $5))::int as lately
     from account_mails where person_id = $1 and purpose = $2 and created_at > $3`,
    [personId, purpose, since, to.index, to.lately],
  );
  return row ?? { all: 0, lately: 0 };
}

export async function markMailSent(q: Queryable, personId: PersonId, mailId: string, at: Date) {
  await q.query('update account_mails set sent_at = $3 where person_id = $1 and mail_id = $2', [
    personId,
    mailId,
    at,
  ]);
}

/** Uses up the token of a mail; false when somebody was faster. */
export async function useMail(tx: Transaction, personId: PersonId, mailId: string, at: Date) {
  const rows = await tx.query(
    `update account_mails set used_at = $3
     where person_id = $1 and mail_id = $2 and used_at is null returning mail_id`,
    [personId, mailId, at],
  );
  return rows.length > 0;
}

/** The tokens of all mails of a purpose are worth nothing any more. */
export async function voidMails(
  tx: Transaction,
  personId: PersonId,
  purpose: MailPurpose,
  at: Date,
): Promise<void> {
  await tx.query(
    `update account_mails set used_at = $3
     where person_id = $1 and purpose = $2 and used_at is null`,
    [personId, purpose, at],
  );
}

/** Takes the place of a change that waited. */
export async function putChange(
  tx: Transaction,
  change: Omit<ChangeRow, 'old_confirmed_at' | 'new_confirmed_at' | 'done_at'>,
): Promise<void> {
  await tx.query(
    `insert into email_changes (person_id, change_id, email_index, email_ciphertext, old_needed,
       created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (person_id) do update set change_id = excluded.change_id,
       email_index = excluded.email_index, email_ciphertext = excluded.email_ciphertext,
       old_needed = excluded.old_needed, old_confirmed_at = null, new_confirmed_at = null,
       created_at = excluded.created_at, expires_at = excluded.expires_at, done_at = null`,
    [
      change.person_id,
      change.change_id,
      change.email_index,
      change.email_ciphertext,
      change.old_needed,
      change.created_at,
      change.expires_at,
    ],
  );
}

/** The change of address that a person asked for last, done or not, in time or not. */
export async function findChange(q: Queryable, personId: PersonId): Promise<ChangeRow | null> {
  const [row] = await q.query<ChangeRow>(
    `select ${CHANGE} from email_changes where person_id = $1`,
    [personId],
  );
  return row ?? null;
}

/** Writes down how far a change has come. */
export async function saveChange(
  tx: Transaction,
  change: Pick<
    ChangeRow,
    'person_id' | 'change_id' | 'old_confirmed_at' | 'new_confirmed_at' | 'done_at'
  >,
): Promise<void> {
  await tx.query(
    `update email_changes set old_confirmed_at = $3, new_confirmed_at = $4, done_at = $5
     where person_id = $1 and change_id = $2`,
    [
      change.person_id,
      change.change_id,
      change.old_confirmed_at,
      change.new_confirmed_at,
      change.done_at,
    ],
  );
}

export async function removeChange(tx: Transaction, personId: PersonId): Promise<void> {
  await tx.query('delete from email_changes where person_id = $1', [personId]);
}

/** Removes up to `limit` mails that expired before; gives how many. */
export async function forgetMails(q: Queryable, before: Date, limit: number): Promise<number> {
  const rows = await q.query(
    `delete from account_mails where (person_id, mail_id) in (
       select person_id, mail_id from account_mails where expires_at < $1
       order by person_id, mail_id limit $2)
     returning mail_id`,
    [before, limit],
  );
  return rows.length;
}

/** The same for changes of address that nobody finished, or that are done. */
export async function forgetChanges(q: Queryable, before: Date, limit: number): Promise<number> {
  const rows = await q.query(
    `delete from email_changes where person_id in (
       select person_id from email_changes where expires_at < $1 order by person_id limit $2)
       and expires_at < $1
     returning person_id`,
    [before, limit],
  );
  return rows.length;
}
