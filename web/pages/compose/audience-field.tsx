import { Globe, Star, Users } from 'lucide';
import { useEffect } from 'preact/hooks';
import type { Audience } from '../../../api/posts.ts';
import { ApiError, isAbort } from '../../data/client.ts';
import { loadProfile, personNamed } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';

const AUDIENCES: readonly Audience[] = ['everyone', 'followers', 'close_friends'];
const ICONS = { everyone: Globe, followers: Users, close_friends: Star };

interface AudienceFieldProps {
  readonly audience: Audience;
  readonly onAudience: (audience: Audience) => void;
}

/** Who sees the post, with one line that says what that means. */
export function AudienceField({ audience, onAudience }: AudienceFieldProps) {
  const isPrivate = useOwnPrivacy();
  const said =
    audience === 'everyone' && isPrivate
      ? 'audience.everyone-private'
      : `audience.${audience}-text`;
  return (
    <fieldset class="audience">
      <legend>{t('audience.label')}</legend>
      <div class="audience__row">
        {AUDIENCES.map((one) => (
          <label key={one} class="audience__one">
            <input
              type="radio"
              class="audience__input"
              name="audience"
              checked={one === audience}
              aria-describedby={one === audience ? 'audience-said' : undefined}
              onChange={() => onAudience(one)}
            />
            <Icon of={ICONS[one]} size={20} />
            {t(`audience.${one}`)}
          </label>
        ))}
      </div>
      <p id="audience-said" class="quiet" aria-live="polite">
        {t(said as 'audience.everyone-text')}
      </p>
    </fieldset>
  );
}

/** Whether one's own account is private, as far as is known. */
function useOwnPrivacy(): boolean {
  const username = me.value?.username ?? '';
  useEffect(() => {
    if (!username || personNamed(username).peek()?.privacy_level) return;
    const leaving = new AbortController();
    loadProfile(username, leaving.signal).catch((error: unknown) => {
      // Without an answer the line speaks of the usual case.
      if (!(error instanceof ApiError) && !isAbort(error)) throw error;
    });
    return () => leaving.abort();
  }, [username]);
  return personNamed(username).value?.privacy_level === 'private';
}
