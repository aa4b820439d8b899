import type { PersonId, SessionId } from '../../../api/ids.ts';
import { ofSession } from '../../kernel/touch-keys.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export interface SessionRow {
  person_id: PersonId;
  session_id: SessionId;
  generation: number;
  salt: Buffer;
  device: string;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

const SESSION = `person_id, session_id, generation, salt, device, created_at, last_used_at,
  expires_at, ended_at`;

/** True for the very first account of this server: it becomes the admin's. */
export async function claimFounder(tx: Transaction, personId: PersonId): Promise<boolean> {
  const rows = await tx.query(
    `insert into founders (only_one, person_id) values (true, $1)
     on conflict (only_one) do nothing returning person_id`,
    [personId],
  );
  return rows.length > 0;
}

/** Held until the transaction ends; what only one may do at a time on the whole server takes it. */
export async function lockFounder(tx: Transaction): Promise<void> {
  await tx.query('select person_id from founders where only_one for update');
}

/** Claims the address (unique violation on `emails_pkey` when taken) and stores what signs in. */
export async function insertCredentials(
  tx: Transaction,
  account: {
    personId: PersonId;
    emailIndex: Buffer;
    emailCiphertext: Buffer;
    passwordHash: string;
  },
): Promise<void> {
  await tx.query('insert into emails (email_index, person_id) values ($1, $2)', [
    account.emailIndex,
    account.personId,
  ]);
  await tx.query(
    'insert into credentials (person_id, password_hash, email_ciphertext) values ($1, $2, $3)',
    [account.personId, account.passwordHash, account.emailCiphertext],
  );
}

export async function findIdByEmail(q: Queryable, index: Buffer): Promise<PersonId | null> {
  const [row] = await q.query<{ person_id: PersonId }>(
    'select person_id from emails where email_index = $1',
    [index],
  );
  return row?.person_id ?? null;
}

export interface CredentialsRow {
  password_hash: string;
  email_ciphertext: Buffer;
  email_verified_at: Date | null;
}

const CREDENTIALS = 'password_hash, email_ciphertext, email_verified_at';

export async function findCredentials(
  q: Queryable,
  personId: PersonId,
): Promise<CredentialsRow | null> {
  const [row] = await q.query<CredentialsRow>(
    `select ${CREDENTIALS} from credentials where person_id = $1`,
    [personId],
  );
  return row ?? null;
}

/** The same, locked until the transaction ends: all that changes an account takes this lock first. */
export async function lockCredentials(
  tx: Transaction,
  personId: PersonId,
): Promise<CredentialsRow | null> {
  const [row] = await tx.query<CredentialsRow>(
    `select ${CREDENTIALS} from credentials where person_id = $1 for update`,
    [personId],
  );
  return row ?? null;
}

/** Keeps a password from being changed until the transaction ends; false when this is not it any more. */
export async function holdPassword(
  tx: Transaction,
  personId: PersonId,
  passwordHash: string,
): Promise<boolean> {
  const rows = await tx.query(
    'select person_id from credentials where person_id = $1 and password_hash = $2 for share',
    [personId, passwordHash],
  );
  return rows.length > 0;
}

export async function updatePassword(tx: Transaction, personId: PersonId, passwordHash: string) {
  await tx.query('update credentials set password_hash = $2 where person_id = $1', [
    personId,
    passwordHash,
  ]);
}

export async function markEmailVerified(tx: Transaction, personId: PersonId, at: Date) {
  await tx.query(
    `update credentials set email_verified_at = $2
     where person_id = $1 and email_verified_at is null`,
    [personId, at],
  );
}

/** Claims the new address (unique violation on `emails_pkey` when taken), then gives the old one free. */
export async function replaceEmail(
  tx: Transaction,
  personId: PersonId,
  from: { readonly index: Buffer },
  to: { readonly index: Buffer; readonly ciphertext: Buffer },
  at: Date,
): Promise<void> {
  await tx.query('insert into emails (email_index, person_id) values ($1, $2)', [
    to.index,
    personId,
  ]);
  await tx.query('delete from emails where email_index = $1 and person_id = $2', [
    from.index,
    personId,
  ]);
  await tx.query(
    'update credentials set email_ciphertext = $2, email_verified_at = $3 where person_id = $1',
    [personId, to.ciphertext, at],
  );
}

export async function insertSession(
  q: Queryable,
  session: Omit<SessionRow, 'ended_at'>,
): Promise<void> {
  await q.query(
    `insert into sessions (person_id, session_id, generation, salt, device, created_at, last_used_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      session.person_id,
      session.session_id,
      session.generation,
      session.salt,
      session.device,
      session.created_at,
      session.last_used_at,
      session.expires_at,
    ],
  );
}

export async function findSession(
  q: Queryable,
  personId: PersonId,
  sessionId: SessionId,
): Promise<SessionRow | null> {
  const [row] = await q.query<SessionRow>(
    `select ${SESSION} from sessions where person_id = $1 and session_id = $2`,
    [personId, sessionId],
  );
  return row ?? null;
}

/** Moves the family on by one; false when another request was first. */
export async function rotateSession(
  q: Queryable,
  session: SessionRow,
  at: Date,
  expiresAt: Date,
): Promise<boolean> {
  const rows = await q.query(
    `update sessions set generation = generation + 1, last_used_at = $4, expires_at = $5
     where person_id = $1 and session_id = $2 and generation = $3 and ended_at is null
     returning session_id`,
    [session.person_id, session.session_id, session.generation, at, expiresAt],
  );
  return rows.length > 0;
}

/** Ends a session; false when it was ended before, or is not this person's. */
export async function endSession(
  tx: Transaction,
  personId: PersonId,
  sessionId: SessionId,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update sessions set ended_at = $3
     where person_id = $1 and session_id = $2 and ended_at is null returning session_id`,
    [personId, sessionId, at],
  );
  if (rows.length > 0) tx.touch(ofSession(sessionId));
  return rows.length > 0;
}

/** Ends every session of a person but `except`, and gives those that were alive. */
export async function endSessions(
  tx: Transaction,
  personId: PersonId,
  at: Date,
  except: SessionId | null,
): Promise<SessionId[]> {
  const rows = await tx.query<{ session_id: SessionId }>(
    `update sessions set ended_at = $2
     where person_id = $1 and ended_at is null and expires_at > $2
       and session_id is distinct from $3::bigint
     returning session_id`,
    [personId, at, except],
  );
  const ended = rows.map((row) => row.session_id);
  tx.touch(...ended.map(ofSession));
  return ended;
}

export async function listLiveSessions(q: Queryable, personId: PersonId, at: Date) {
  return q.query<SessionRow>(
    `select ${SESSION} from sessions
     where person_id = $1 and ended_at is null and expires_at > $2
     order by session_id desc limit 100`,
    [personId, at],
  );
}

/** What each request needs to know of its session; both tables lie under the same key. */
export async function readStandings(
  q: Queryable,
  sessions: readonly { personId: PersonId; sessionId: SessionId }[],
) {
  return q.query<{
    person_id: PersonId;
    session_id: SessionId;
    ended: boolean;
    role: Viewer['role'];
  }>(
    `select s.person_id, s.session_id, s.ended_at is not null or p.state <> 'active' as ended, p.role
     from sessions s join people p on p.person_id = s.person_id
     where s.person_id = any($1::bigint[]) and s.session_id = any($2::bigint[])
     order by s.person_id, s.session_id`,
    [sessions.map(({ personId }) => personId), sessions.map(({ sessionId }) => sessionId)],
  );
}
