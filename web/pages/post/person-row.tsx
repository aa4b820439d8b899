import './person-row.css';
import type { Person } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Link } from '../../ui/link.tsx';
import { follow } from './acts.ts';

interface PersonRowProps {
  readonly person: Person;
  /** Runs when the reader goes to the person, so that a sheet can close. */
  readonly onLeave?: (() => void) | undefined;
}

/** A person in a list, with the button to follow them. */
export function PersonRow({ person, onLeave }: PersonRowProps) {
  const { following, is_self } = person.viewer;
  return (
    <li class="person-row">
      <Link href={`/${person.username}`} class="person-row__who" onClick={onLeave}>
        <Avatar src={person.profile_picture} name={person.full_name} size={44} />
        <span class="person-row__names">
          <strong class="ellipsis">{person.username}</strong>
          <span class="quiet ellipsis">{person.full_name}</span>
        </span>
      </Link>
      {is_self === false && (
        <Button
          small
          kind={following ? 'secondary' : 'primary'}
          aria-pressed={following === true}
          aria-label={`${following ? t('follow.undo') : t('follow.do')}: ${person.username}`}
          onClick={() => follow(person.user_id, !following)}
        >
          {following ? t('follow.undo') : t('follow.do')}
        </Button>
      )}
    </li>
  );
}
