import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { nextPersonSeq } from './store.ts';

/** Event of the group `people`: privacy level or state may be another now; no payload. */
export const STANDING_CHANGED = 'person.standing_changed';

/** Lets those know who keep figures of what is open to all. In the transaction of the change. */
export async function recordStanding(ctx: Context, tx: Transaction, personId: PersonId) {
  const seq = await nextPersonSeq(tx, personId);
  const event = { group: 'people', key: personId, seq, type: STANDING_CHANGED } as const;
  await appendEvent(ctx, tx, { ...event, payload: {} });
}
