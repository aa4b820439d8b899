import type { PersonId } from '../../../api/ids.ts';
import type { NotificationPreferences, Settings } from '../../../api/settings.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';

export type SettingsRow = Pick<Settings, 'language' | 'show_like_counts' | 'default_audience'> & {
  notifications: NotificationPreferences | null;
};

/** Null when this person has never chosen anything. */
export async function findSettings(q: Queryable, personId: PersonId): Promise<SettingsRow | null> {
  const [row] = await q.query<SettingsRow>(
    `select language, show_like_counts, default_audience, notifications from settings
     where person_id = $1`,
    [personId],
  );
  return row ?? null;
}

/** Changes what is given; `null` leaves a value as it is. */
export async function changeSettings(
  tx: Transaction,
  personId: PersonId,
  change: Partial<Omit<SettingsRow, 'notifications'>>,
): Promise<void> {
  await tx.query(
    'insert into settings (person_id) values ($1) on conflict (person_id) do nothing',
    [personId],
  );
  await tx.query(
    `update settings set
       language = coalesce($2, language),
       show_like_counts = coalesce($3, show_like_counts),
       default_audience = coalesce($4, default_audience)
     where person_id = $1`,
    [
      personId,
      change.language ?? null,
      change.show_like_counts ?? null,
      change.default_audience ?? null,
    ],
  );
}

export async function saveNotifications(
  q: Queryable,
  personId: PersonId,
  notifications: NotificationPreferences,
): Promise<void> {
  await q.query(
    `insert into settings (person_id, notifications) values ($1, $2)
     on conflict (person_id) do update set notifications = excluded.notifications`,
    [personId, notifications],
  );
}
