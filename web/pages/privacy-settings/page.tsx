import '../settings/settings.css';
import { useEffect } from 'preact/hooks';
import type { FromWhom } from '../../../api/settings.ts';
import { ApiError } from '../../data/client.ts';
import { saveProfile } from '../../data/own-profile.ts';
import { changePerson, loadProfile, personNamed } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { settings } from '../../data/settings.ts';
import { t } from '../../strings/strings.ts';
import { Choices, SwitchRow } from '../../ui/choices.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { WhenLoaded } from '../settings/when-loaded.tsx';

/** Who sees what one shares, and who may do what with it. */
export default function PrivacySettingsPage() {
  useTitle(t('settings.privacy'));
  return (
    <div class="settings">
      <PageHeader title={t('settings.privacy')} backTo="/settings" />
      <PrivateAccount />
      <WhenLoaded of={settings}>
        {(now) => (
          <>
            <section class="settings__part">
              <Choices
                label={t('settings.audience')}
                hint={t('settings.audience-hint')}
                value={now.default_audience}
                options={[
                  { value: 'everyone', label: t('settings.audience-everyone') },
                  { value: 'followers', label: t('settings.audience-followers') },
                  { value: 'close_friends', label: t('settings.close-friends') },
                ]}
                onChange={(default_audience) => change({ default_audience })}
              />
            </section>
            <From
              label={t('settings.comments-from')}
              name="comments_from"
              value={now.comments_from}
            />
            <From label={t('settings.tags-from')} name="tags_from" value={now.tags_from} />
            <From
              label={t('settings.mentions-from')}
              name="mentions_from"
              value={now.mentions_from}
            />
            <section class="settings__part">
              <SwitchRow
                label={t('settings.suggest-me')}
                hint={t('settings.suggest-me-hint')}
                on={now.suggest_me}
                onChange={(suggest_me) => change({ suggest_me })}
              />
            </section>
          </>
        )}
      </WhenLoaded>
    </div>
  );
}

const change = (next: Parameters<typeof settings.change>[0]) => {
  settings.change(next).catch(reportError);
};

interface FromProps {
  readonly label: string;
  readonly name: 'comments_from' | 'tags_from' | 'mentions_from';
  readonly value: FromWhom;
}

function From({ label, name, value }: FromProps) {
  return (
    <section class="settings__part">
      <Choices
        label={label}
        value={value}
        options={[
          { value: 'everyone', label: t('settings.from-everyone') },
          { value: 'followed', label: t('settings.from-followed') },
          { value: 'nobody', label: t('settings.from-nobody') },
        ]}
        onChange={(next) => change({ [name]: next })}
      />
    </section>
  );
}

/** A private account, on or off. Shown at once; a refusal takes it back and says why. */
function PrivateAccount() {
  const username = me.value?.username ?? '';
  const person = personNamed(username)?.value;
  useEffect(() => {
    if (username === '') return;
    loadProfile(username).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: t('settings.not-loaded', { reason: error.message }) });
    });
  }, [username]);

  const choose = async (isPrivate: boolean) => {
    if (!person) return;
    const level = (yes: boolean) => ({
      privacy_level: yes ? ('private' as const) : ('public' as const),
    });
    changePerson(person.user_id, () => level(isPrivate));
    try {
      await saveProfile(level(isPrivate), null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      changePerson(person.user_id, () => level(!isPrivate));
      toast({ text: t('settings.not-saved', { reason: error.message }) });
    }
  };

  return (
    <section class="settings__part">
      <SwitchRow
        label={t('settings.private')}
        hint={t('settings.private-hint')}
        on={person?.privacy_level === 'private'}
        disabled={person?.privacy_level === undefined}
        onChange={(on) => choose(on).catch(reportError)}
      />
    </section>
  );
}
