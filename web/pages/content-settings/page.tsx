import '../settings/settings.css';
import { settings } from '../../data/settings.ts';
import { t } from '../../strings/strings.ts';
import { Choices, SwitchRow } from '../../ui/choices.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { WhenLoaded } from '../settings/when-loaded.tsx';

/** What one sees, and in which language. */
export default function ContentSettingsPage() {
  useTitle(t('settings.see'));
  return (
    <div class="settings">
      <PageHeader title={t('settings.see')} backTo="/settings" />
      <WhenLoaded of={settings}>
        {(now) => (
          <>
            <section class="settings__part">
              <SwitchRow
                label={t('settings.like-counts')}
                hint={t('settings.like-counts-hint')}
                on={now.show_like_counts}
                onChange={(show_like_counts) =>
                  settings.change({ show_like_counts }).catch(reportError)
                }
              />
            </section>
            <section class="settings__part">
              <Choices
                label={t('settings.language')}
                value={now.language}
                options={[
                  { value: 'auto', label: t('settings.language-auto') },
                  { value: 'en', label: 'English' },
                ]}
                onChange={(language) => settings.change({ language }).catch(reportError)}
              />
            </section>
          </>
        )}
      </WhenLoaded>
    </div>
  );
}
