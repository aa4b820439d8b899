import './ties.css';
import { ChevronRight, UserPlus } from 'lucide';
import type { Person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';

/** "Followed by alice, bob and 3 others", which leads to all of them. */
export function MutualLine({ person }: { readonly person: Person }) {
  const { usernames = [], count = 0 } = person.mutual_followers ?? {};
  const [first, second] = usernames;
  if (first === undefined || person.viewer.is_self) return null;
  return (
    <Link href={`/${person.username}/mutuals`} class="mutual-line quiet">
      {second === undefined
        ? t('profile.mutual-one', { first })
        : count === 2
          ? t('profile.mutual-two', { first, second })
          : t('profile.mutual-more', { first, second, count: count - 2 })}
    </Link>
  );
}

/** On one's own profile: how many ask to follow. Nothing when nobody does. */
export function RequestsLine({ person }: { readonly person: Person }) {
  const waiting = person.follow_requests_count ?? 0;
  if (waiting === 0) return null;
  return (
    <Link href="/requests" class="requests-line">
      <Icon of={UserPlus} size={20} />
      <span class="requests-line__words">{t('profile.requests', { count: waiting })}</span>
      <Icon of={ChevronRight} size={20} directed />
    </Link>
  );
}
