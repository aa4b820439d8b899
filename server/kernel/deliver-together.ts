import type { Context } from '../context.ts';
import type { Queryable, Transaction } from '../ports/db/db.ts';
import { DbUnavailable } from '../ports/db/errors.ts';
import { handOver } from './deliver-events.ts';
import {
  type Consumer,
  DELIVERED,
  type EventGroup,
  type EventRow,
  HANDED_OVER,
  OUTBOXES,
  type StoredEvent,
  storedEvent,
  WAITING,
} from './events.ts';
import { compareIds } from './ids.ts';

/** Events that are delivered in one transaction at most. */
const EVENTS_TOGETHER = 500;

/**
 * Brings the waiting events of these keys to every consumer, all in one transaction. When that fails,
 * each key is tried alone; one that fails alone is handed over to a job, so that a consumer that stumbles
 * holds up nobody else. Gives the keys that may have more. Safe to repeat, and to run side by side: an
 * event is claimed once.
 */
export async function deliverTogether(
  ctx: Context,
  consumers: readonly Consumer[],
  group: EventGroup,
  keys: readonly string[],
): Promise<readonly string[]> {
  const heeding = consumers.filter((consumer) => consumer.group === group);
  try {
    const { claimed, blocked } = await deliverClaimed(ctx, heeding, group, keys);
    // What waits behind events that a job brings goes the same way.
    await handOver(ctx, group, blocked);
    return claimed === EVENTS_TOGETHER ? keys : [];
  } catch (error) {
    if (error instanceof DbUnavailable) throw error;
    if (keys.length > 1) {
      ctx.log.info({ err: error, group, keys: keys.length }, 'events are delivered key by key');
      const more: string[] = [];
      for (const key of keys) more.push(...(await deliverTogether(ctx, consumers, group, [key])));
      return more;
    }
    ctx.log.warn({ err: error, group, key: keys[0] }, 'events are handed over to a job');
    await handOver(ctx, group, keys);
    return [];
  }
}

async function deliverClaimed(
  ctx: Context,
  consumers: readonly Consumer[],
  group: EventGroup,
  keys: readonly string[],
): Promise<{ claimed: number; blocked: string[] }> {
  const afterCommit: (() => void)[] = [];
  const done = await ctx.db.transaction(async (tx) => {
    afterCommit.length = 0;
    // In this order: what was handed over while the first waited is seen by the second.
    const [events, blocked] = await Promise.all([
      claim(tx, group, keys),
      listHandedOver(tx, group, keys),
    ]);
    const behind = events.find(({ key }) => blocked.includes(key));
    if (behind) throw new Error(`event ${behind.seq} of ${behind.key} stands behind others`);
    for (const consumer of consumers) {
      const wanted = events.filter(({ type }) => consumer.types.includes(type));
      if (wanted.length > 0) afterCommit.push(...(await handleAll(ctx, tx, consumer, wanted)));
    }
    return { claimed: events.length, blocked };
  });
  for (const run of afterCommit) run();
  return done;
}

async function handleAll(
  ctx: Context,
  tx: Transaction,
  consumer: Consumer,
  events: readonly StoredEvent[],
): Promise<(() => void)[]> {
  if (consumer.handleMany) {
    const after = await consumer.handleMany(ctx, tx, events);
    return after ? [after] : [];
  }
  const all: (() => void)[] = [];
  for (const event of events) {
    const after = await consumer.handle(ctx, tx, event);
    if (after) all.push(after);
  }
  return all;
}

/**
 * Takes waiting events, by the order of their keys, and under each key from the first on. Whoever claims
 * the same ones at the same time waits, and then finds them taken.
 */
async function claim(
  tx: Transaction,
  group: EventGroup,
  keys: readonly string[],
): Promise<StoredEvent[]> {
  const { events, key } = OUTBOXES[group];
  const rows = await tx.query<EventRow & { key: string }>(
    `update ${events} set state = ${DELIVERED}
     where state = ${WAITING} and (${key}, seq) in (
       select e.${key}, e.seq from ${events} e
       where e.${key} = any($1::bigint[]) and e.state = ${WAITING} and not exists (
         select from ${events} h where h.${key} = e.${key} and h.state = ${HANDED_OVER})
       order by e.${key}, e.seq limit ${EVENTS_TOGETHER})
     returning ${key} as key, seq, type, payload, created_at`,
    [keys],
  );
  return rows
    .map((row) => storedEvent(group, row.key, row))
    .sort((a, b) => compareIds(a.key, b.key) || compareIds(a.seq, b.seq));
}

/** Which of `keys` have events that a job brings. */
async function listHandedOver(q: Queryable, group: EventGroup, keys: readonly string[]) {
  const { events, key } = OUTBOXES[group];
  const rows = await q.query<{ key: string }>(
    `select distinct ${key} as key from ${events}
     where ${key} = any($1::bigint[]) and state = ${HANDED_OVER} order by ${key}`,
    [keys],
  );
  return rows.map((row) => row.key);
}

/** Keys with events that have waited since before `before`, at most `take` of them. */
export async function listWaiting(
  q: Queryable,
  group: EventGroup,
  { before, take }: { readonly before: Date; readonly take: number },
): Promise<string[]> {
  const { events, key } = OUTBOXES[group];
  const rows = await q.query<{ key: string }>(
    `select distinct ${key} as key from ${events}
     where state <> ${DELIVERED} and state = ${WAITING} and created_at < $1
     order by ${key} limit $2`,
    [before, take],
  );
  return rows.map((row) => row.key);
}
