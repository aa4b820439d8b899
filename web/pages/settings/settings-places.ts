import {
  Archive,
  ArrowDownWideNarrow,
  Bell,
  Bookmark,
  CopyCheck,
  EyeOff,
  FileText,
  Hash,
  type IconNode,
  KeyRound,
  Lock,
  MonitorSmartphone,
  Server,
  ShieldBan,
  SlidersHorizontal,
  Star,
  Trash2,
  UserMinus,
  UserPen,
  UserPlus,
} from 'lucide';
import { type Key, t } from '../../strings/strings.ts';

/** A page of settings, and the words by which it is found. */
export interface SettingsPlace {
  readonly href: string;
  readonly icon: IconNode;
  readonly name: Key;
  /** What people might type who look for it. */
  readonly words: Key;
  readonly staffOnly?: boolean;
}

interface Part {
  readonly title: Key;
  readonly places: readonly SettingsPlace[];
}

const place = (
  href: string,
  icon: IconNode,
  name: Key,
  words: Key,
  staffOnly = false,
): SettingsPlace => ({ href, icon, name, words, staffOnly });

export const PARTS: readonly Part[] = [
  {
    title: 'settings.account',
    places: [
      place('/settings/profile', UserPen, 'settings.edit-profile', 'settings.words-profile'),
      place('/settings/account', KeyRound, 'settings.mail-password', 'settings.words-account'),
      place(
        '/settings/sessions',
        MonitorSmartphone,
        'settings.sessions',
        'settings.words-sessions',
      ),
      place(
        '/settings/notifications',
        Bell,
        'settings.notifications',
        'settings.words-notifications',
      ),
    ],
  },
  {
    title: 'settings.others',
    places: [
      place('/settings/privacy', Lock, 'settings.privacy', 'settings.words-privacy'),
      place('/requests', UserPlus, 'settings.requests', 'settings.words-requests'),
      place('/settings/close-friends', Star, 'settings.close-friends', 'settings.words-friends'),
      place('/settings/muted', EyeOff, 'settings.muted', 'settings.words-muted'),
      place('/settings/restricted', UserMinus, 'settings.restricted', 'settings.words-restricted'),
      place('/settings/blocked', ShieldBan, 'settings.blocked', 'settings.words-blocked'),
    ],
  },
  {
    title: 'settings.content',
    places: [
      place('/settings/feed', ArrowDownWideNarrow, 'ranking.title', 'settings.words-feed'),
      place('/settings/content', SlidersHorizontal, 'settings.see', 'settings.words-content'),
      place('/settings/hashtags', Hash, 'settings.hashtags', 'settings.words-hashtags'),
      place('/saved', Bookmark, 'settings.saved', 'settings.words-saved'),
      place('/drafts', FileText, 'settings.drafts', 'settings.words-drafts'),
      place('/archive', Archive, 'settings.archive', 'settings.words-archive'),
      place('/settings/similar-photos', CopyCheck, 'settings.similar', 'settings.words-similar'),
      place('/recently-deleted', Trash2, 'settings.deleted', 'settings.words-deleted'),
      place('/admin', Server, 'settings.admin', 'settings.words-admin', true),
    ],
  },
];

/** Places whose name, or a word about them, has every word of `wanted` in it. */
export function findPlaces(wanted: string, staff: boolean): SettingsPlace[] {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  return PARTS.flatMap((part) => part.places).filter((one) => {
    if (one.staffOnly && !staff) return false;
    const text = fold(`${t(one.name)} ${t(one.words)}`);
    return words.every((word) => text.includes(word));
  });
}

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
