import { CircleCheck } from 'lucide';
import type { FeedOrder } from '../../../api/ranking.ts';
import { t } from '../../strings/strings.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface CaughtUpProps {
  readonly order: FeedOrder;
  /** There was nothing above it. */
  readonly atTop: boolean;
}

/** The place in the feed where what is new ends, and what was there before begins. */
export function CaughtUp({ order, atTop }: CaughtUpProps) {
  const ranked = order === 'ranked';
  if (atTop) {
    return (
      <p class="home__nothing-new">
        <Icon of={CircleCheck} size={20} />
        {t(ranked ? 'home.nothing-new-ranked' : 'home.nothing-new')}
      </p>
    );
  }
  return (
    // Of the kind that a feed is made of.
    <article class="home__caught-up" aria-label={t('home.caught-up')}>
      <Icon of={CircleCheck} size={32} />
      <h2 class="home__end-title">{t('home.caught-up')}</h2>
      <p class="quiet">{t(ranked ? 'home.caught-up-ranked' : 'home.caught-up-new')}</p>
      <GoOn />
    </article>
  );
}

function GoOn() {
  return (
    <div class="home__go-on">
      <ButtonLink small href="/explore">
        {t('home.go-on')}
      </ButtonLink>
    </div>
  );
}

/** The end of the feed; `marked` when the reader passed the mark on the way down. */
export function End({ marked }: { readonly marked: boolean }) {
  return (
    <div class="home__end">
      {!marked && <Icon of={CircleCheck} size={32} />}
      <h2 class="home__end-title">{t(marked ? 'home.end' : 'home.caught-up')}</h2>
      <p class="quiet">{t(marked ? 'home.end-text' : 'home.caught-up-text')}</p>
      <GoOn />
    </div>
  );
}
