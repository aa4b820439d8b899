import { EyeOff, type IconNode, ShieldBan, Star, UserMinus } from 'lucide';
import type { listBlocked } from '../../../api/graph.ts';
import type { Mark } from '../../data/relations.ts';
import type { Key } from '../../strings/strings.ts';

/** One of a person's own lists: whom they have blocked, muted, restricted, hold close. */
export interface OwnList {
  readonly mark: Mark;
  readonly icon: IconNode;
  readonly title: Key;
  /** `people-list.{words}-add` and its neighbours. */
  readonly words: 'blocked' | 'muted' | 'restricted' | 'close';
  /** They are alike, so the type of one stands for all. */
  readonly route: typeof listBlocked.name;
}

const route = (path: string) => `GET /account/${path}` as typeof listBlocked.name;

/** By the end of the address. */
export const LISTS: Readonly<Record<string, OwnList>> = {
  blocked: {
    mark: 'blocking',
    icon: ShieldBan,
    title: 'settings.blocked',
    words: 'blocked',
    route: route('blocked'),
  },
  muted: {
    mark: 'muting',
    icon: EyeOff,
    title: 'settings.muted',
    words: 'muted',
    route: route('muted'),
  },
  restricted: {
    mark: 'restricting',
    icon: UserMinus,
    title: 'settings.restricted',
    words: 'restricted',
    route: route('restricted'),
  },
  'close-friends': {
    mark: 'close_friend',
    icon: Star,
    title: 'settings.close-friends',
    words: 'close',
    route: route('close-friends'),
  },
};
