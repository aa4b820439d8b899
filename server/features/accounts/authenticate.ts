import type { SessionId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { readStanding } from './store.ts';
import { type AccessClaims, readAccessToken } from './tokens.ts';

/** How long another process may believe that an ended session lives, when the bus missed it. */
const STANDING_TTL_MS = 30_000;

type Standing = { ended: boolean; role: Viewer['role'] };
const ENDED: Standing = { ended: true, role: 'member' };

/** The person behind an access token. Throws `unauthenticated` or `access_token_expired`. */
export async function authenticate(ctx: Context, token: string): Promise<Viewer> {
  const claims = await readClaims(ctx, token);
  const key = standingKey(claims.sessionId);
  let standing = await ctx.cache.get<Standing>(key);
  if (standing === undefined) {
    const read = await readStanding(ctx.db, claims.personId, claims.sessionId);
    // While we were reading, the session may have ended.
    standing = (await ctx.cache.get<Standing>(key)) ?? read ?? ENDED;
    await ctx.cache.set(key, standing, STANDING_TTL_MS);
  }
  if (standing.ended) throw new Problem('unauthenticated', 'This session has ended. Log in again.');
  return {
    personId: claims.personId,
    sessionId: claims.sessionId,
    role: standing.role,
  };
}

/** From now on the session's access tokens are refused here. */
export async function noteEnd(ctx: Context, sessionId: SessionId): Promise<void> {
  await ctx.cache.set(standingKey(sessionId), ENDED, STANDING_TTL_MS);
}

/** What is known of a session is read anew at its next request. */
export async function forgetStanding(ctx: Context, sessionId: SessionId): Promise<void> {
  await ctx.cache.delete(standingKey(sessionId));
}

const standingKey = (sessionId: SessionId) => `standing:${sessionId}`;

/** Checking a signature costs more than all else here, and the same token comes with every request. */
async function readClaims(ctx: Context, token: string): Promise<AccessClaims> {
  const key = `token:${token}`;
  const known = await ctx.cache.get<AccessClaims>(key);
  if (known) {
    if (known.expiresAt <= ctx.clock.millis()) throw new Problem('access_token_expired');
    return known;
  }
  const claims = await readAccessToken(ctx.secrets, ctx.clock, token);
  await ctx.cache.set(key, claims, claims.expiresAt - ctx.clock.millis());
  return claims;
}
