import { BadgeCheck } from 'lucide';
import type { UserSummary } from '../../../api/people.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';

interface NameProps {
  readonly user: UserSummary;
  /** Without the mark, where it stands nearby already. */
  readonly bare?: boolean | undefined;
}

/** A person's username as a link, with the mark of those who are verified. */
export function Name({ user, bare }: NameProps) {
  return (
    <span class="name">
      <Link href={`/${user.username}`} class="name__link ellipsis">
        {user.username}
      </Link>
      {user.is_verified && !bare && <Icon of={BadgeCheck} size={16} label={t('post.verified')} />}
    </span>
  );
}
