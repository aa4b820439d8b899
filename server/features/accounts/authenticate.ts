import { LRUCache } from 'lru-cache';
import type { PersonId, SessionId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { NearCache, perContext } from '../../kernel/near-cache.ts';
import { Problem } from '../../kernel/problem.ts';
import { ofSession } from '../../kernel/touch-keys.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { readStandings } from './store.ts';
import { type AccessClaims, readAccessToken } from './tokens.ts';

/** After so long a session is looked at anew, touched or not. */
const STANDING_TTL_MS = 30_000;
/** Of either, some 500 bytes each. */
const NEAR_MAX = 20_000;

export type Standing = { readonly ended: boolean; readonly role: Viewer['role'] };
const ENDED: Standing = { ended: true, role: 'member' };

/** A session under its person's key: `PERSON:SESSION`. */
type Seat = `${PersonId}:${SessionId}`;

/** A token that was checked before. What became of its session since is asked each time. */
interface Known extends AccessClaims {
  readonly seat: Seat;
}

const near = perContext((ctx) => ({
  tokens: new LRUCache<string, Known>({ max: NEAR_MAX }),
  standings: new NearCache<Seat, Standing>(ctx, {
    max: NEAR_MAX,
    ttlMs: STANDING_TTL_MS,
    keyOf: (seat) => ofSession(seat.slice(seat.indexOf(':') + 1) as SessionId),
    load: async (seats) => {
      const rows = await readStandings(
        ctx.db,
        seats.map((seat) => {
          const [personId, sessionId] = seat.split(':') as [PersonId, SessionId];
          return { personId, sessionId };
        }),
      );
      const found = new Map<Seat, Standing>(
        rows.map((row) => [`${row.person_id}:${row.session_id}`, row]),
      );
      return new Map(seats.map((seat) => [seat, found.get(seat) ?? ENDED]));
    },
  }),
}));

/** The person behind an access token. Throws `unauthenticated` or `access_token_expired`. */
export async function authenticate(ctx: Context, token: string): Promise<Viewer> {
  const known = await readKnown(ctx, token);
  const standing = (await near(ctx).standings.get(known.seat)) ?? ENDED;
  if (standing.ended) throw new Problem('unauthenticated', 'This session has ended. Log in again.');
  return viewerOf(known, standing);
}

/**
 * The same without waiting; undefined for whatever is not known here and now, or would be refused:
 * `authenticate` says which.
 */
export function peekViewer(ctx: Context, token: string): Viewer | undefined {
  const { tokens, standings } = near(ctx);
  const known = tokens.get(token);
  if (!known || known.expiresAt <= ctx.clock.millis()) return undefined;
  const standing = standings.peek(known.seat);
  return standing && !standing.ended ? viewerOf(known, standing) : undefined;
}

/** Whether this is a token that was checked before and is good still, whatever became of its session. */
export function isKnownToken(ctx: Context, token: string): boolean {
  const known = near(ctx).tokens.get(token);
  return known !== undefined && known.expiresAt > ctx.clock.millis();
}

function viewerOf({ personId, sessionId }: Known, { role }: Standing): Viewer {
  return { personId, sessionId, role };
}

/** Checking a signature costs more than all else here, and the same token comes with every request. */
async function readKnown(ctx: Context, token: string): Promise<Known> {
  const { tokens } = near(ctx);
  const known = tokens.get(token);
  if (known) {
    if (known.expiresAt <= ctx.clock.millis()) throw new Problem('access_token_expired');
    return known;
  }
  const claims = await readAccessToken(ctx.secrets, ctx.clock, token);
  const read: Known = { ...claims, seat: `${claims.personId}:${claims.sessionId}` };
  tokens.set(token, read);
  return read;
}
