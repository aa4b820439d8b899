import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../ports/db/db.ts';
import { ofEvents } from './touch-keys.ts';

/** Each group of tables has its own outbox, so that an event lies beside its row. */
export const OUTBOXES = {
  people: { events: 'person_events', positions: 'person_event_positions', key: 'person_id' },
  posts: { events: 'post_events', positions: 'post_event_positions', key: 'post_id' },
} as const;

export type EventGroup = keyof typeof OUTBOXES;
export type EventPayload = { readonly [key: string]: string | number | boolean | null };

export interface NewEvent {
  readonly group: EventGroup;
  /** The id that the row is kept under; events of one key are consumed in order. */
  readonly key: string;
  /** Counted on the row that the transaction has locked (`event_seq`), so that order is true. */
  readonly seq: string;
  readonly type: string;
  readonly payload: EventPayload;
}

export interface StoredEvent extends NewEvent {
  readonly createdAt: Date;
}

/**
 * Something that wants to know. `handle` runs in the transaction that also moves the consumer's
 * position, so what it writes through `tx` happens exactly once; what it gives back runs after the
 * commit (hints on the bus: may be missed).
 */
export interface Consumer {
  /** Stored as the name of its position: never change it. */
  readonly name: string;
  readonly group: EventGroup;
  readonly types: readonly string[];
  readonly handle: (
    ctx: Context,
    tx: Transaction,
    event: StoredEvent,
  ) => Promise<(() => void) | undefined>;
  /**
   * The same for new events of several keys in one transaction, those of one key in order: for who can
   * do it in fewer statements. The types are those asked for. All or none: when it fails, each key is
   * tried alone, by `handle`.
   */
  readonly handleMany?: (
    ctx: Context,
    tx: Transaction,
    events: readonly StoredEvent[],
  ) => Promise<(() => void) | undefined>;
}

/** Where an event stands (`state`). */
export const WAITING = 0;
export const DELIVERED = 1;
/** A job brings it to each consumer on its own, after the common way has failed. */
export const HANDED_OVER = 2;

/**
 * Writes an event into the outbox, in the caller's transaction. Who delivers hears of it by a touch, and
 * looks from time to time for what nobody has told of (`listWaiting`).
 */
export async function appendEvent(ctx: Context, tx: Transaction, event: NewEvent): Promise<void> {
  const outbox = OUTBOXES[event.group];
  tx.touchLoosely(ofEvents(event.group, event.key));
  await tx.query(
    `insert into ${outbox.events} (${outbox.key}, seq, type, payload, created_at, state)
     values ($1, $2, $3, $4, $5, ${WAITING})`,
    [event.key, event.seq, event.type, event.payload, ctx.clock.now()],
  );
}

/** An event as it lies in an outbox, without its key. */
export interface EventRow {
  readonly seq: string;
  readonly type: string;
  readonly payload: EventPayload;
  readonly created_at: Date;
}

export function storedEvent(group: EventGroup, key: string, row: EventRow): StoredEvent {
  const { seq, type, payload, created_at: createdAt } = row;
  return { group, key, seq, type, payload, createdAt };
}

/** Which of `keys` have events that a consumer has yet to look at. */
export async function awaitedBy(
  q: Queryable,
  consumer: Pick<Consumer, 'name' | 'group'>,
  keys: readonly string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { events, positions, key } = OUTBOXES[consumer.group];
  const rows = await q.query<{ key: string }>(
    `select distinct e.${key} as key from ${events} e
     left join ${positions} p on p.${key} = e.${key} and p.consumer = $2
     where e.${key} = any($1::bigint[]) and (e.state = ${WAITING}
       or e.state = ${HANDED_OVER} and e.seq > coalesce(p.seq, 0)) order by e.${key}`,
    [keys, consumer.name],
  );
  return new Set(rows.map((row) => row.key));
}

/** Delivered events are kept this long, to look back at. */
const EVENTS_KEPT_MS = 7 * 24 * 3600 * 1000;
const SWEEP_BATCH = 5000;

/** Takes away events older than a week that every consumer is past. Positions stay: they are the proof. */
export async function sweepEvents(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.millis() - EVENTS_KEPT_MS);
  for (const { events, positions, key } of Object.values(OUTBOXES)) {
    for (;;) {
      const gone = await ctx.db.query(
        `delete from ${events} where (${key}, seq) in (
           select e.${key}, e.seq from ${events} e
           where e.created_at < $1
             and (e.state = ${DELIVERED} or e.state = ${HANDED_OVER}
               and e.seq <= (select min(p.seq) from ${positions} p where p.${key} = e.${key}))
           order by e.${key}, e.seq limit ${SWEEP_BATCH})
         returning seq`,
        [before],
      );
      if (gone.length < SWEEP_BATCH) break;
    }
  }
}
