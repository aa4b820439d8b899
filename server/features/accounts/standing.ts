import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { ofSession } from '../../kernel/touch-keys.ts';
import { closeSessions } from './sessions.ts';
import { listLiveSessions } from './store.ts';

/** Logs a person out everywhere: tokens here at once, sockets and other processes within a moment. */
export async function closeAllSessions(ctx: Context, personId: PersonId): Promise<void> {
  await closeSessions(ctx, personId, null);
}

/** Makes a new role felt by the sessions that are open, instead of when what is known of them expires. */
export async function announceRole(ctx: Context, personId: PersonId): Promise<void> {
  const live = await listLiveSessions(ctx.db, personId, ctx.clock.now());
  ctx.db.touchLoosely(...live.map(({ session_id }) => ofSession(session_id)));
}
