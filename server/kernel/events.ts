import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../ports/db/db.ts';
import type { JobPayload } from '../ports/jobs/jobs.ts';

/** Each group of tables has its own outbox, so that an event lies beside its row. */
const OUTBOXES = {
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

export const EVENTS_TASK = 'events';
const EVENTS_PER_TRANSACTION = 100;

/** Writes an event into the outbox and a job that will bring it to its consumers, in the caller's transaction. */
export async function appendEvent(ctx: Context, tx: Transaction, event: NewEvent): Promise<void> {
  const outbox = OUTBOXES[event.group];
  await tx.query(
    `insert into ${outbox.events} (${outbox.key}, seq, type, payload, created_at)
     values ($1, $2, $3, $4, $5)`,
    [event.key, event.seq, event.type, event.payload, ctx.clock.now()],
  );
  await ctx.jobs.add(tx, {
    task: EVENTS_TASK,
    // A job of its own for each event: under one key, every new event would give a failing job all
    // its tries again, and it would never reach the dead letter.
    key: `${EVENTS_TASK}:${event.group}:${event.key}:${event.seq}`,
    payload: { group: event.group, key: event.key },
  });
}

/**
 * The job behind `EVENTS_TASK`: brings every new event of one key to every consumer, in order. A
 * consumer that fails stays where it is and does not hold up the others; the job then fails and is
 * tried again.
 */
export async function deliverEvents(
  ctx: Context,
  consumers: readonly Consumer[],
  payload: JobPayload,
): Promise<void> {
  const group = String(payload.group) as EventGroup;
  const key = String(payload.key);
  const failures: unknown[] = [];
  for (const consumer of consumers) {
    if (consumer.group !== group) continue;
    try {
      while (await deliverSome(ctx, consumer, key));
    } catch (error) {
      ctx.log.warn({ err: error, consumer: consumer.name, group, key }, 'a consumer failed');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** True when there may be more. */
async function deliverSome(ctx: Context, consumer: Consumer, key: string): Promise<boolean> {
  const afterCommit: (() => void)[] = [];
  const count = await ctx.db.transaction(async (tx) => {
    afterCommit.length = 0;
    const position = await lockPosition(tx, consumer, key);
    const events = await readEvents(tx, consumer.group, key, position);
    for (const event of events) {
      if (!consumer.types.includes(event.type)) continue;
      const after = await consumer.handle(ctx, tx, event);
      if (after) afterCommit.push(after);
    }
    const last = events.at(-1);
    if (last) await movePosition(tx, consumer, key, last.seq);
    return events.length;
  });
  for (const run of afterCommit) run();
  return count === EVENTS_PER_TRANSACTION;
}

/** The lock makes two workers on one key take turns. */
async function lockPosition(tx: Transaction, consumer: Consumer, key: string): Promise<string> {
  const { positions, key: column } = OUTBOXES[consumer.group];
  await tx.query(
    `insert into ${positions} (${column}, consumer, seq) values ($1, $2, 0) on conflict do nothing`,
    [key, consumer.name],
  );
  const [row] = await tx.query<{ seq: string }>(
    `select seq from ${positions} where ${column} = $1 and consumer = $2 for update`,
    [key, consumer.name],
  );
  return row?.seq ?? '0';
}

async function movePosition(tx: Transaction, consumer: Consumer, key: string, seq: string) {
  const { positions, key: column } = OUTBOXES[consumer.group];
  await tx.query(`update ${positions} set seq = $3 where ${column} = $1 and consumer = $2`, [
    key,
    consumer.name,
    seq,
  ]);
}

async function readEvents(q: Queryable, group: EventGroup, key: string, after: string) {
  const outbox = OUTBOXES[group];
  const rows = await q.query<{
    seq: string;
    type: string;
    payload: EventPayload;
    created_at: Date;
  }>(
    `select seq, type, payload, created_at from ${outbox.events}
     where ${outbox.key} = $1 and seq > $2 order by seq limit ${EVENTS_PER_TRANSACTION}`,
    [key, after],
  );
  return rows.map(
    (row): StoredEvent => ({
      group,
      key,
      seq: row.seq,
      type: row.type,
      payload: row.payload,
      createdAt: row.created_at,
    }),
  );
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
     where e.${key} = any($1::bigint[]) and e.seq > coalesce(p.seq, 0) order by e.${key}`,
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
             and e.seq <= (select min(p.seq) from ${positions} p where p.${key} = e.${key})
           order by e.${key}, e.seq limit ${SWEEP_BATCH})
         returning seq`,
        [before],
      );
      if (gone.length < SWEEP_BATCH) break;
    }
  }
}
