import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { forgetStanding } from './authenticate.ts';
import { announceEnds } from './sessions.ts';
import { endSessions, listLiveSessions } from './store.ts';

/** Logs a person out everywhere: tokens here at once, sockets and other processes within a moment. */
export async function closeAllSessions(ctx: Context, personId: PersonId): Promise<void> {
  await announceEnds(ctx, await endSessions(ctx.db, personId, ctx.clock.now(), null));
}

/** Makes a new role felt by the sessions that are open, instead of when what is known of them expires. */
export async function announceRole(ctx: Context, personId: PersonId): Promise<void> {
  for (const { session_id } of await listLiveSessions(ctx.db, personId, ctx.clock.now())) {
    await forgetStanding(ctx, session_id);
    tell(ctx, 'session.changed', { session_id });
  }
}
