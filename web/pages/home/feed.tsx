import './home.css';
import { Camera, CircleCheck, CloudOff } from 'lucide';
import { useEffect, useMemo } from 'preact/hooks';
import { followHomeFeed, homeFeedList, waiting } from '../../data/home-feed.ts';
import { gonePosts, post } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { Wordmark } from '../../ui/mark.tsx';
import { More } from '../../ui/more.tsx';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { WindowedList } from '../../ui/windowed-list.tsx';
import { Suggestions } from '../people/suggestions.tsx';
import { PostCard } from '../post/card.tsx';
import { boxRatio } from '../post/media.tsx';
import { FeedKeys } from './keys.tsx';
import { Uploads } from './uploads.tsx';

/** Down to here, in pixels, the reader is at the top: news slides in instead of waiting. */
const TOP = 40;
const atTop = () => scrollY < TOP;

/** A guess at the height of a post in the feed, before it has been seen. */
function estimate(id: string): number {
  const known = post(id).peek();
  const width = Math.min(innerWidth, innerWidth >= 2560 ? 800 : 600);
  const photo = known ? width / boxRatio(known) : width;
  const words = known?.caption ? 44 : 0;
  const counts = (known?.likes_count ? 22 : 0) + (known?.comments_count ? 30 : 0);
  return 60 + photo + 48 + words + counts + (innerWidth < 768 ? 20 : 32);
}

/** The home feed: latest first, until one has caught up. */
export function Feed() {
  const list = homeFeedList();
  const gone = gonePosts.value;
  const all = list.items.value;
  const ids = useMemo(() => all.filter((id) => !gone.has(id)), [all, gone]);
  const state = list.state.value;
  useTitle(t('home.title'));
  useEffect(() => list.start(), [list]);
  useEffect(() => followHomeFeed(atTop), []);

  const waits = ids.length === 0 && (state === 'idle' || state === 'loading');
  const failed = ids.length === 0 && state === 'failed';
  return (
    <div class="home">
      <header class="home__bar">
        <Link href="/" aria-label="Aperto" onClick={toTop}>
          <Wordmark />
        </Link>
      </header>
      <h1 class="visually-hidden" tabIndex={-1}>
        {t('home.title')}
      </h1>
      <NewPosts />
      <Uploads />
      {waits && <FeedSkeleton />}
      {failed && (
        <EmptyState icon={CloudOff} title={t('home.failed')} text={list.error.value?.message}>
          <Button kind="primary" onClick={() => void list.reload()}>
            {t('try-again')}
          </Button>
        </EmptyState>
      )}
      {ids.length > 0 && (
        <WindowedList
          label={t('home.feed')}
          ids={ids}
          estimate={estimate}
          render={(id, index) => <PostCard id={id} first={index === 0} />}
        />
      )}
      {ids.length > 0 && (
        <More
          state={state}
          ended={list.ended.value}
          error={list.error.value?.message}
          onMore={() => void list.more()}
        />
      )}
      {list.ended.value && (ids.length > 0 ? <CaughtUp /> : <EmptyFeed />)}
      <FeedKeys />
    </div>
  );
}

function toTop(event: Event): void {
  event.preventDefault();
  scrollTo({ top: 0, behavior: 'smooth' });
}

/** Says that there is news above, and shows it when asked: what is being read never moves by itself. */
function NewPosts() {
  const news = waiting.value;
  return (
    <div class="home__news" aria-live="polite">
      {news && (
        <Button
          kind="primary"
          small
          onClick={() => {
            scrollTo({ top: 0, behavior: 'instant' });
            news.show();
          }}
        >
          {t('home.new', { count: news.ids.length })}
        </Button>
      )}
    </div>
  );
}

function CaughtUp() {
  return (
    <div class="home__end">
      <Icon of={CircleCheck} size={32} />
      <p class="home__end-title">{t('home.caught-up')}</p>
      <p class="quiet">{t('home.caught-up-text')}</p>
    </div>
  );
}

function EmptyFeed() {
  useScrollMemory(true);
  return (
    <>
      <EmptyState icon={Camera} title={t('home.empty')} text={t('home.empty-text')}>
        <ButtonLink kind="primary" href="/new">
          {t('home.empty-do')}
        </ButtonLink>
      </EmptyState>
      <Suggestions max={5} />
    </>
  );
}

function FeedSkeleton() {
  return (
    <div aria-busy="true">
      {[1, 0.8].map((ratio) => (
        <div key={ratio} class="home__skeleton">
          <div class="home__skeleton-head">
            <Skeleton width="2.25rem" height="2.25rem" round />
            <Skeleton width="8rem" height="0.875rem" />
          </div>
          <Skeleton ratio={ratio} />
        </div>
      ))}
    </div>
  );
}
