import { timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { ID_PATTERN, type PersonId, type SessionId } from '../../../api/ids.ts';
import type { Clock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import { type Secrets, sign } from '../../kernel/secrets.ts';

export const ACCESS_TOKEN_SECONDS = 3600;
export const REFRESH_TOKEN_SECONDS = 7 * 24 * 3600;
const ALGORITHM = 'HS256';
const ISSUER = 'aperto';

export interface AccessClaims {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  /** Milliseconds since 1970 */
  readonly expiresAt: number;
}

/** A JWT (RFC 7519) for one hour. What the person may do is not in it: that is looked up. */
export function makeAccessToken(
  secrets: Secrets,
  clock: Clock,
  who: { personId: PersonId; sessionId: SessionId },
): Promise<string> {
  const now = Math.floor(clock.millis() / 1000);
  return new SignJWT({ sid: who.sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(who.personId)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
    .sign(secrets.accessTokens);
}

/** Throws `access_token_expired`, or `unauthenticated` for anything that we did not sign. The algorithm is pinned. */
export async function readAccessToken(
  secrets: Secrets,
  clock: Clock,
  token: string,
): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, secrets.accessTokens, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: clock.now(),
    });
    return {
      personId: payload.sub as PersonId,
      sessionId: payload.sid as SessionId,
      expiresAt: (payload.exp ?? 0) * 1000,
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Problem('access_token_expired');
    if (error instanceof errors.JOSEError) throw new Problem('unauthenticated');
    throw error;
  }
}

/** One refresh token of a family: which session, and how often it has been rotated. */
export interface RefreshClaims {
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly generation: number;
}

/**
 * A refresh token carries its place in the family and a signature over it and the session's salt, so
 * that the database holds nothing that could be replayed, and an old token can be told from an
 * invented one.
 */
export function makeRefreshToken(secrets: Secrets, claims: RefreshClaims, salt: Buffer): string {
  const place = `${claims.personId}.${claims.sessionId}.${claims.generation}`;
  return `${place}.${sign(secrets.accessTokens, `refresh.${place}.${salt.toString('base64url')}`)}`;
}

const idPattern = new RegExp(ID_PATTERN);

/** Takes a token apart, without believing it yet; null when it has not the form. */
export function parseRefreshToken(token: string): RefreshClaims | null {
  const [personId, sessionId, generation, signature, ...rest] = token.split('.');
  if (!personId || !sessionId || !generation || !signature || rest.length > 0) return null;
  if (!idPattern.test(personId) || !idPattern.test(sessionId) || !/^\d{1,9}$/.test(generation))
    return null;
  return {
    personId: personId as PersonId,
    sessionId: sessionId as SessionId,
    generation: Number(generation),
  };
}

/** Whether we made this token, in constant time. */
export function isOurRefreshToken(
  secrets: Secrets,
  token: string,
  claims: RefreshClaims,
  salt: Buffer,
): boolean {
  const expected = Buffer.from(makeRefreshToken(secrets, claims, salt));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
