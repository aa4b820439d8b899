import {
  Bell,
  BellOff,
  Link2,
  ShieldBan,
  ShieldCheck,
  Star,
  StarOff,
  UserMinus,
  UserX,
} from 'lucide';
import type { Person } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { copyProfileLink, mark, removeFollower } from '../people/acts.ts';

/** What can be done about somebody else, at the end of the page's bar. */
export function ProfileMenu({ person }: { readonly person: Person }) {
  const { username } = person;
  const copy: MenuItem = {
    label: t('relation.copy-link'),
    icon: Link2,
    run: () => void copyProfileLink(username),
  };
  const items = me.value ? [copy, ...relationItems(person)] : [copy];
  return <Menu label={t('relation.menu', { name: username })} items={items} />;
}

function relationItems({ user_id: id, viewer }: Person): readonly MenuItem[] {
  const { blocking, muting, restricting, close_friend, followed_by } = viewer;
  if (blocking) {
    const unblock = () => mark(id, 'blocking', false);
    return [{ label: t('relation.unblock'), icon: ShieldCheck, run: unblock }];
  }
  return [
    {
      label: t(close_friend ? 'relation.unclose' : 'relation.close'),
      icon: close_friend ? StarOff : Star,
      run: () => mark(id, 'close_friend', !close_friend),
    },
    {
      label: t(muting ? 'relation.unmute' : 'relation.mute'),
      icon: muting ? Bell : BellOff,
      run: () => mark(id, 'muting', !muting),
    },
    {
      label: t(restricting ? 'relation.unrestrict' : 'relation.restrict'),
      icon: UserMinus,
      run: () => mark(id, 'restricting', !restricting),
    },
    ...(followed_by
      ? [{ label: t('relation.remove-follower'), icon: UserX, run: () => removeFollower(id) }]
      : []),
    {
      label: t('relation.block'),
      icon: ShieldBan,
      danger: true,
      run: () => mark(id, 'blocking', true),
    },
  ];
}
