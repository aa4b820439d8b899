import '../settings/settings.css';
import './notification-settings.css';
import type { NotificationPreferences } from '../../../api/settings.ts';
import { notifications } from '../../data/settings.ts';
import { t } from '../../strings/strings.ts';
import { SwitchRow } from '../../ui/choices.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useTitle } from '../../ui/title.ts';
import { WhenLoaded } from '../settings/when-loaded.tsx';

type Types = NotificationPreferences['types'];
const TYPES = [
  'messages',
  'follow_requests',
  'follows',
  'comments',
  'replies',
  'mentions',
  'tags',
  'likes',
] as const satisfies readonly (keyof Types)[];
const CHANNELS = ['in_app', 'push', 'email'] as const;

/** What one wants to be told, by which way, and when not. */
export default function NotificationSettingsPage() {
  useTitle(t('settings.notifications'));
  return (
    <div class="settings">
      <PageHeader title={t('settings.notifications')} backTo="/settings" />
      <WhenLoaded of={notifications}>
        {(now) => (
          <>
            <section class="settings__part">
              <Table types={now.types} />
            </section>
            <QuietHours now={now.quiet_hours} />
          </>
        )}
      </WhenLoaded>
    </div>
  );
}

function Table({ types }: { readonly types: Types }) {
  return (
    <table class="told">
      <thead>
        <tr>
          <th scope="col">{t('settings.told-of')}</th>
          {CHANNELS.map((channel) => (
            <th key={channel} scope="col">
              {t(`settings.channel-${channel}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {TYPES.map((type) => (
          <tr key={type}>
            <th scope="row">{t(`settings.told-${type}`)}</th>
            {CHANNELS.map((channel) => (
              <td key={channel}>
                <label class="told__cell">
                  <span class="visually-hidden">
                    {t('settings.told-by', {
                      what: t(`settings.told-${type}`),
                      way: t(`settings.channel-${channel}`),
                    })}
                  </span>
                  <input
                    type="checkbox"
                    checked={types[type][channel]}
                    onChange={(event) => {
                      const on = event.currentTarget.checked;
                      const changed = { ...types, [type]: { ...types[type], [channel]: on } };
                      notifications.change({ types: changed }).catch(reportError);
                    }}
                  />
                </label>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const NIGHT = { from: '22:00', to: '07:00' };

function QuietHours({ now }: { readonly now: NotificationPreferences['quiet_hours'] }) {
  const change = (quiet_hours: NotificationPreferences['quiet_hours']) => {
    notifications.change({ quiet_hours }).catch(reportError);
  };
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <section class="settings__part">
      <SwitchRow
        label={t('settings.quiet-hours')}
        hint={t('settings.quiet-hours-hint')}
        on={now !== null}
        onChange={(on) => change(on ? { ...NIGHT, time_zone } : null)}
      />
      {now && (
        <div class="told__hours">
          {(['from', 'to'] as const).map((end) => (
            <TextField
              key={end}
              type="time"
              label={t(`settings.quiet-${end}`)}
              value={now[end]}
              onValue={(value) => value !== '' && change({ ...now, [end]: value, time_zone })}
            />
          ))}
          <p class="quiet">{t('settings.quiet-zone', { zone: now.time_zone })}</p>
        </div>
      )}
    </section>
  );
}
