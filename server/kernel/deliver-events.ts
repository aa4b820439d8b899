import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../ports/db/db.ts';
import type { JobPayload } from '../ports/jobs/jobs.ts';
import {
  type Consumer,
  DELIVERED,
  type EventGroup,
  type EventRow,
  HANDED_OVER,
  OUTBOXES,
  storedEvent,
  WAITING,
} from './events.ts';
import { compareIds } from './ids.ts';

/** Runs `deliverEvents`. */
export const EVENTS_TASK = 'events';
const EVENTS_PER_TRANSACTION = 100;

/** From now on a job brings the waiting events of these keys. */
export async function handOver(
  ctx: Context,
  group: EventGroup,
  keys: readonly string[],
): Promise<void> {
  const { events, key: column } = OUTBOXES[group];
  for (const key of keys) {
    await ctx.db.transaction(async (tx) => {
      const handed = await tx.query<{ seq: string }>(
        `update ${events} set state = ${HANDED_OVER} where ${column} = $1 and state = ${WAITING}
         returning seq`,
        [key],
      );
      const last = handed
        .map(({ seq }) => seq)
        .sort(compareIds)
        .at(-1);
      if (last === undefined) return;
      await ctx.jobs.add(tx, {
        task: EVENTS_TASK,
        // A job of its own each time: under one key, every new event would give a failing job all its
        // tries again, and it would never reach the dead letter.
        key: `${EVENTS_TASK}:${group}:${key}:${last}`,
        payload: { group, key },
      });
    });
  }
}

/**
 * Brings every new event of one key to every consumer, in order, each consumer in transactions of its
 * own. A consumer that fails stays where it is and does not hold up the others; the job then fails and
 * is tried again.
 */
export async function deliverEvents(
  ctx: Context,
  consumers: readonly Consumer[],
  payload: JobPayload,
): Promise<void> {
  const group = String(payload.group) as EventGroup;
  const key = String(payload.key);
  const { events, key: column } = OUTBOXES[group];
  // Nobody else may claim them meanwhile.
  await ctx.db.query(
    `update ${events} set state = ${HANDED_OVER} where ${column} = $1 and state = ${WAITING}`,
    [key],
  );
  const heeding = consumers.filter((consumer) => consumer.group === group);
  const failures: unknown[] = [];
  for (const consumer of heeding) {
    try {
      while (await deliverSome(ctx, consumer, key));
    } catch (error) {
      ctx.log.warn({ err: error, consumer: consumer.name, group, key }, 'a consumer failed');
      failures.push(error);
    }
  }
  await closeHeard(ctx.db, heeding, group, key);
  if (failures.length > 0) throw failures[0];
}

/** What every consumer is past is delivered. */
async function closeHeard(
  q: Queryable,
  consumers: readonly Consumer[],
  group: EventGroup,
  key: string,
): Promise<void> {
  const { events, positions, key: column } = OUTBOXES[group];
  await q.query(
    `update ${events} set state = ${DELIVERED}
     where ${column} = $1 and state = ${HANDED_OVER} and seq <= (
       select min(seq) from ${positions} where ${column} = $1 and consumer = any($2::text[])
       having count(*) = $3)`,
    [key, consumers.map(({ name }) => name), consumers.length],
  );
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
  const rows = await q.query<EventRow>(
    `select seq, type, payload, created_at from ${outbox.events}
     where ${outbox.key} = $1 and seq > $2 and state = ${HANDED_OVER}
     order by seq limit ${EVENTS_PER_TRANSACTION}`,
    [key, after],
  );
  return rows.map((row) => storedEvent(group, key, row));
}
