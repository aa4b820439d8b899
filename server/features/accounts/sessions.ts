import { randomBytes } from 'node:crypto';
import type { PersonId, SessionId } from '../../../api/ids.ts';
import type { Session } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { Problem } from '../../kernel/problem.ts';
import { findPerson, type PersonRow } from '../people/store.ts';
import { userSummary } from '../people/view.ts';
import {
  endSession,
  endSessions,
  findSession,
  holdPassword,
  insertSession,
  rotateSession,
  type SessionRow,
} from './store.ts';
import {
  ACCESS_TOKEN_SECONDS,
  isOurRefreshToken,
  makeAccessToken,
  makeRefreshToken,
  parseRefreshToken,
  REFRESH_TOKEN_SECONDS,
} from './tokens.ts';

/**
 * A fresh family of tokens for someone who has just proved who they are. Throws `invalid_credentials`
 * when the password by which they did is another one meanwhile: its sessions have been ended.
 */
export async function openSession(
  ctx: Context,
  personId: PersonId,
  passwordHash: string,
  device: string,
): Promise<Session> {
  const person = await activePerson(ctx, personId, 'invalid_credentials');
  const now = ctx.clock.now();
  const session = {
    person_id: personId,
    session_id: ctx.ids.next<SessionId>(),
    generation: 1,
    salt: randomBytes(16),
    device,
    created_at: now,
    last_used_at: now,
    expires_at: refreshExpiry(ctx),
    ended_at: null,
  };
  await ctx.db.transaction(async (tx) => {
    if (!(await holdPassword(tx, personId, passwordHash))) {
      throw new Problem('invalid_credentials');
    }
    await insertSession(tx, session);
  });
  return present(ctx, person, session);
}

/**
 * Exchanges a refresh token for the next pair. An old one means that somebody has a copy: the whole
 * family ends (RFC 9700, section 4.14.2).
 */
export async function refreshSession(ctx: Context, token: string): Promise<Session> {
  const claims = parseRefreshToken(token);
  if (!claims) throw new Problem('refresh_token_invalid');
  const session = await findSession(ctx.db, claims.personId, claims.sessionId);
  if (!session || !isOurRefreshToken(ctx.secrets, token, claims, session.salt)) {
    throw new Problem('refresh_token_invalid');
  }
  const now = ctx.clock.now();
  if (session.ended_at || session.expires_at <= now) throw new Problem('refresh_token_invalid');
  const person = await activePerson(ctx, session.person_id, 'refresh_token_invalid');
  const rotated =
    claims.generation === session.generation &&
    (await rotateSession(ctx.db, session, now, refreshExpiry(ctx)));
  if (!rotated) {
    await closeSession(ctx, session.person_id, session.session_id);
    ctx.log.warn(
      { person_id: session.person_id, session_id: session.session_id, security: true },
      'a refresh token was used twice; its session was ended',
    );
    throw new Problem('refresh_token_reused');
  }
  return present(ctx, person, { ...session, generation: session.generation + 1 });
}

/** Ends the session that a refresh token belongs to, if it is one of ours. */
export async function closeSessionOfToken(ctx: Context, token: string): Promise<void> {
  const claims = parseRefreshToken(token);
  if (!claims) return;
  const session = await findSession(ctx.db, claims.personId, claims.sessionId);
  if (session && isOurRefreshToken(ctx.secrets, token, claims, session.salt)) {
    await closeSession(ctx, claims.personId, claims.sessionId);
  }
}

/** Ends a session everywhere: tokens, and sockets within a moment. False when there is none to end. */
export async function closeSession(ctx: Context, personId: PersonId, sessionId: SessionId) {
  const now = ctx.clock.now();
  const ended = await ctx.db.transaction((tx) => endSession(tx, personId, sessionId, now));
  if (ended) announceEnds(ctx, [sessionId]);
  return ended;
}

/** Ends all of a person's sessions, but the one that is kept, and gives how many that were. */
export async function closeSessions(ctx: Context, personId: PersonId, kept: SessionId | null) {
  const now = ctx.clock.now();
  const ended = await ctx.db.transaction((tx) => endSessions(tx, personId, now, kept));
  announceEnds(ctx, ended);
  return ended.length;
}

/** Closes the sockets of sessions that have ended, everywhere; of their tokens the transaction has told. */
export function announceEnds(ctx: Context, sessionIds: readonly SessionId[]): void {
  for (const sessionId of sessionIds) tell(ctx, 'session.ended', { session_id: sessionId });
}

/** Throws `account_suspended`; and `otherwise` for an account that is not there any more. */
async function activePerson(
  ctx: Context,
  personId: PersonId,
  otherwise: 'invalid_credentials' | 'refresh_token_invalid',
): Promise<PersonRow> {
  const person = await findPerson(ctx.db, personId);
  if (person?.state === 'suspended') throw new Problem('account_suspended');
  if (person?.state !== 'active') throw new Problem(otherwise);
  return person;
}

async function present(ctx: Context, person: PersonRow, session: SessionRow): Promise<Session> {
  const who = { personId: session.person_id, sessionId: session.session_id };
  return {
    user: userSummary(person),
    access_token: await makeAccessToken(ctx.secrets, ctx.clock, who),
    refresh_token: makeRefreshToken(
      ctx.secrets,
      { ...who, generation: session.generation },
      session.salt,
    ),
    expires_in: ACCESS_TOKEN_SECONDS,
    role: person.role,
  };
}

function refreshExpiry(ctx: Context): Date {
  return new Date(ctx.clock.millis() + REFRESH_TOKEN_SECONDS * 1000);
}
