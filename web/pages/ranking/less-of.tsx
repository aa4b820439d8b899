import { Hash, Image, UserRound, Video } from 'lucide';
import type { Post } from '../../../api/posts.ts';
import type { LessOf, LessOfKind, Ranking } from '../../data/why.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { lessOf, takeBack } from './acts.ts';
import { lessText } from './words.ts';

const ICONS = { author: UserRound, hashtag: Hash, media: Image } as const;
const iconOf = ({ kind, label }: LessOf) => (label === 'video' ? Video : ICONS[kind]);

/** Everything that the person wants less of, each with its way back. */
export function LessOfList({ ranking }: { readonly ranking: Ranking }) {
  const { less_of } = ranking;
  if (less_of.length === 0) return <p class="quiet">{t('ranking.less-none')}</p>;
  return (
    <ul class="less-of">
      {less_of.map((one) => (
        <li key={one.less_id} class="less-of__one">
          <Icon of={iconOf(one)} size={20} />
          <bdi class="less-of__name ellipsis">{lessText(one)}</bdi>
          <Button
            small
            aria-label={t('ranking.take-back-of', { what: lessText(one) })}
            onClick={() => takeBack([one])}
          >
            {t('ranking.take-back')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface Offer {
  readonly kind: LessOfKind;
  readonly icon: typeof Hash;
  readonly words: string;
  /** The post that says it: of a repost its pictures and hashtags are the original's. */
  readonly postId: string;
  readonly labels: readonly string[];
}

function offersOf(entry: Post, shown: Post): readonly Offer[] {
  const offers: Offer[] = [];
  if (!entry.viewer.is_author) {
    const name = entry.user.username;
    const words = t('why.less-author', { name });
    const { post_id: postId } = entry;
    offers.push({ kind: 'author', icon: UserRound, words, postId, labels: [name] });
  }
  const { post_id: postId, hashtags } = shown;
  if (hashtags.length > 0) {
    const tags = hashtags.map((tag) => `#${tag}`).join(', ');
    const words = t('why.less-hashtag', { tags });
    offers.push({ kind: 'hashtag', icon: Hash, words, postId, labels: hashtags });
  }
  const [media] = shown.media;
  if (media) {
    const film = media.type === 'video';
    const words = t(film ? 'why.less-videos' : 'why.less-photos');
    const labels = [film ? 'video' : 'photo'];
    offers.push({ kind: 'media', icon: film ? Video : Image, words, postId, labels });
  }
  return offers;
}

interface LessOfThisProps {
  /** As it stands in the feed, and what it shows: of a repost its original. */
  readonly entry: Post;
  readonly shown: Post;
  readonly ranking: Ranking;
}

/** What a post is, as switches: wanted as before, or less. */
export function LessOfThis({ entry, shown, ranking }: LessOfThisProps) {
  return (
    <ul class="less-of">
      {offersOf(entry, shown).map(({ kind, icon, words, postId, labels }) => {
        const own = ranking.less_of.filter(
          (one) => one.kind === kind && labels.includes(one.label.replace(/^#/, '')),
        );
        const wanted = own.length > 0;
        return (
          <li key={kind}>
            <button
              type="button"
              class="less-of__do"
              aria-pressed={wanted}
              onClick={() => (wanted ? takeBack(own) : void lessOf(postId, kind))}
            >
              <Icon of={icon} size={20} />
              <bdi class="less-of__name">{words}</bdi>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
