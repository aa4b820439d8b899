import { Settings } from 'lucide';
import type { Person } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { ProfileMenu } from './menu.tsx';

/** At the end of the page's bar. */
export function ProfileActions({ person }: { readonly person: Person }) {
  if (me.value?.user_id !== person.user_id) return <ProfileMenu person={person} />;
  return (
    <Link
      class="icon-button"
      href="/settings"
      aria-label={t('nav.settings')}
      title={t('nav.settings')}
    >
      <Icon of={Settings} />
    </Link>
  );
}
