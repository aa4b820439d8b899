import type { Context } from '../../../context.ts';
import { forgetChanges, forgetMails } from './store.ts';

/** Mails of the last hour are counted, so that there are not too many. */
const KEPT_MS = 3600 * 1000;
const BATCH = 1000;

/** Forgets mails and changes of address whose time has been over for an hour. May be stopped and run again. */
export async function sweepAccountMails(ctx: Pick<Context, 'db' | 'clock'>): Promise<void> {
  const before = new Date(ctx.clock.millis() - KEPT_MS);
  while ((await forgetMails(ctx.db, before, BATCH)) === BATCH);
  while ((await forgetChanges(ctx.db, before, BATCH)) === BATCH);
}
