import type { Context } from '../../context.ts';
import type { ReadDays } from './homes-store.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Who has not read for so many days gets nothing pushed. */
export const AWAY_DAYS = 30;
/** Who has read within so many days comes first in a fan-out, and may have their feed in a memory. */
export const ACTIVE_DAYS = 3;

/** A day so many days before today, UTC, as `YYYY-MM-DD`. */
export function daysAgo(ctx: Pick<Context, 'clock'>, days: number): string {
  return new Date(ctx.clock.millis() - days * DAY_MS).toISOString().slice(0, 10);
}

/** Clocks of processes may be hours apart: a return is seen a day before a fan-out would leave one out. */
export function readDays(ctx: Pick<Context, 'clock'>): ReadDays {
  return {
    today: daysAgo(ctx, 0),
    pausedBefore: daysAgo(ctx, 1),
    awayBefore: daysAgo(ctx, AWAY_DAYS - 1),
  };
}
