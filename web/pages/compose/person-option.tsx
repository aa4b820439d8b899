import type { UserSummary } from '../../../api/people.ts';
import { Avatar } from '../../ui/avatar.tsx';

/** A person among what a field offers. */
export function PersonOption({ person }: { readonly person: UserSummary }) {
  return (
    <>
      <Avatar src={person.profile_picture} name={person.full_name} size={32} />
      <span class="options__names">
        <strong class="ellipsis">{person.username}</strong>
        <span class="quiet ellipsis" dir="auto">
          {person.full_name}
        </span>
      </span>
    </>
  );
}
