import { Trash } from 'lucide';
import { pictureOf } from '../../data/pictures.ts';
import type { SimilarPair } from '../../data/similar-photos.ts';
import { locale, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Link } from '../../ui/link.tsx';
import { Photo } from '../../ui/photo.tsx';
import { withOwnActs } from '../post/with-own-acts.ts';

interface PairProps {
  readonly pair: SimilarPair;
  readonly onKeep: (pair: SimilarPair) => void;
  readonly onFail: () => Promise<void>;
}

/** Two photos side by side, so that the better one can stay. */
export function Pair({ pair, onKeep, onFail }: PairProps) {
  const [later, earlier] = pair.pictures;
  if (!later || !earlier) return null;
  const days = { date: timeOf(later.created_at), other: timeOf(earlier.created_at) };
  return (
    <li class="similar__pair">
      <div class="similar__head">
        <h2 class="similar__how">{t(pair.exact ? 'similar.exact' : 'similar.near')}</h2>
        <Button small aria-label={t('similar.keep-of', days)} onClick={() => onKeep(pair)}>
          {t('similar.keep')}
        </Button>
      </div>
      <div class="similar__two">
        {/* In the order in which they came. */}
        <Side picture={earlier} when={t('similar.earlier')} onFail={onFail} />
        <Side picture={later} when={t('similar.later')} onFail={onFail} />
      </div>
    </li>
  );
}

interface SideProps {
  readonly picture: SimilarPair['pictures'][number];
  readonly when: string;
  readonly onFail: () => Promise<void>;
}

function Side({ picture, when, onFail }: SideProps) {
  const { post_id, media, media_count, created_at } = picture;
  const date = timeOf(created_at);
  return (
    <div class="similar__one">
      <Link href={`/p/${post_id}`} over aria-label={t('similar.see', { date })}>
        <Photo
          picture={pictureOf(media)}
          ratio={1}
          sizes="(min-width: 640px) 300px, 46vw"
          onFail={onFail}
        />
      </Link>
      <p class="figures">{t('similar.posted', { when, date: dayOf(created_at) })}</p>
      {media_count > 1 && <p class="quiet figures">{t('similar.among', { count: media_count })}</p>}
      <Button
        small
        icon={Trash}
        class="similar__delete"
        aria-label={t('similar.delete-of', { date })}
        onClick={() => withOwnActs((acts) => acts.remove(post_id))}
      >
        {t('similar.delete')}
      </Button>
    </div>
  );
}

const dayOf = (time: string) =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }).format(new Date(time));

/** Told apart by ear: two photos of one day have different times. */
const timeOf = (time: string) =>
  new Intl.DateTimeFormat(locale.value, { dateStyle: 'long', timeStyle: 'medium' }).format(
    new Date(time),
  );
