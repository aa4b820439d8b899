import './person-row.css';
import type { ComponentChildren } from 'preact';
import type { Person } from '../../data/people.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Link } from '../../ui/link.tsx';
import { FollowButton } from '../people/follow-button.tsx';

interface PersonRowProps {
  readonly person: Person;
  /** Runs when the reader goes to the person, so that a sheet can close. */
  readonly onLeave?: (() => void) | undefined;
  /** In the place of the full name. */
  readonly words?: string | undefined;
  /** In the place of the button. */
  readonly children?: ComponentChildren;
}

/** A person in a list, with the button to follow them or what the list has instead. */
export function PersonRow({ person, onLeave, words, children }: PersonRowProps) {
  return (
    <li class="person-row">
      <Link href={`/${person.username}`} class="person-row__who" onClick={onLeave}>
        <Avatar src={person.profile_picture} name={person.full_name} size={44} />
        <span class="person-row__names">
          <strong class="ellipsis">{person.username}</strong>
          <span class="quiet ellipsis">{words ?? person.full_name}</span>
        </span>
      </Link>
      {children ?? (person.viewer.is_self === false && <FollowButton person={person} small />)}
    </li>
  );
}
