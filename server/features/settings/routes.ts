import type { PersonId } from '../../../api/ids.ts';
import * as api from '../../../api/settings.ts';
import type { Context } from '../../context.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { findPreferences, updatePreferences } from '../people/store.ts';
import { DEFAULT_NOTIFICATIONS } from './notification-defaults.ts';
import { changeSettings, findSettings, saveNotifications } from './store.ts';

export const settingsRoutes: readonly BoundRoute[] = [
  route(api.getSettings, (ctx, { viewer }) => readSettings(ctx, viewer.personId)),

  route(api.changeSettings, async (ctx, { viewer, body }) => {
    await ctx.db.transaction(async (tx) => {
      await changeSettings(tx, viewer.personId, body);
      await updatePreferences(tx, viewer.personId, body);
    });
    return readSettings(ctx, viewer.personId);
  }),

  route(api.getNotificationPreferences, async (ctx, { viewer }) => {
    const row = await findSettings(ctx.db, viewer.personId);
    return row?.notifications ?? DEFAULT_NOTIFICATIONS;
  }),

  route(api.changeNotificationPreferences, async (ctx, { viewer, body }) => {
    const zone = body.quiet_hours?.time_zone;
    if (zone !== undefined && !isTimeZone(zone)) {
      throw fieldProblem({ 'body.quiet_hours.time_zone': 'is not a time zone: try Europe/Berlin' });
    }
    await saveNotifications(ctx.db, viewer.personId, body);
    return body;
  }),
];

/** Both rows of what somebody has chosen, with the defaults for what they have not. */
async function readSettings(ctx: Context, personId: PersonId): Promise<api.Settings> {
  const [row, preferences] = await Promise.all([
    findSettings(ctx.db, personId),
    findPreferences(ctx.db, personId),
  ]);
  return {
    language: row?.language ?? 'auto',
    show_like_counts: row?.show_like_counts ?? true,
    default_audience: row?.default_audience ?? 'everyone',
    ...preferences,
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // A RangeError is how the platform says no.
    return false;
  }
}
