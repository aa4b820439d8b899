import { Lock, ShieldBan } from 'lucide';
import type { Person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

/** Whether what this person shares is kept from the viewer. */
export function isClosed({ viewer }: Person): boolean {
  return viewer.can_see_posts === false;
}

/** What stands in the place of the posts: a private account, or somebody whom the viewer has blocked. */
export function Closed({ person }: { readonly person: Person }) {
  const { viewer } = person;
  const name = person.full_name || person.username;
  if (viewer.blocking) {
    return (
      <EmptyState
        icon={ShieldBan}
        title={t('profile.blocked', { name })}
        text={t('profile.blocked-text')}
      />
    );
  }
  return (
    <EmptyState
      icon={Lock}
      title={t('profile.private')}
      text={t(viewer.requested ? 'profile.private-asked' : 'profile.private-text', { name })}
    />
  );
}
