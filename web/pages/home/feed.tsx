import './home.css';
import { Camera, CloudOff } from 'lucide';
import { useEffect, useMemo } from 'preact/hooks';
import { caughtUpAt } from '../../data/caught-up.ts';
import {
  followHomeFeed,
  homeFeedList,
  offerOtherOrder,
  startHomeList,
  waiting,
} from '../../data/home-feed.ts';
import { gonePosts, post } from '../../data/posts.ts';
import { feedOrder, ranking } from '../../data/ranking.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { Wordmark } from '../../ui/mark.tsx';
import { More } from '../../ui/more.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { WindowedList } from '../../ui/windowed-list.tsx';
import { Suggestions } from '../people/suggestions.tsx';
import { PostCard } from '../post/card.tsx';
import { boxRatio } from '../post/media.tsx';
import { CaughtUp, End } from './caught-up.tsx';
import { FeedKeys } from './keys.tsx';
import { OrderSwitch, OrderWords } from './order.tsx';
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

/** Of the mark, where it is known to stand. */
const MARK = 240;

/** The home feed, in the order that the person has chosen. */
export function Feed() {
  const order = feedOrder.value;
  const list = homeFeedList();
  const gone = gonePosts.value;
  const all = list.items.value;
  const ended = list.ended.value;
  const ids = useMemo(() => all.filter((id) => !gone.has(id)), [all, gone]);
  const mark = useMemo(
    () => (order === null ? null : caughtUpAt(order, ids, ended)),
    [order, ids, ended],
  );
  const state = list.state.value;
  const here = place.value.path === '/';
  useTitle(t('home.title'));
  useEffect(() => {
    startHomeList().catch(reportError);
    ranking.load().catch(reportError);
  }, [list]);
  useEffect(() => followHomeFeed(atTop), []);
  useEffect(() => {
    if (here) offerOtherOrder(atTop);
  }, [here]);

  const waits = ids.length === 0 && (state === 'idle' || state === 'loading');
  const failed = ids.length === 0 && state === 'failed';
  return (
    <div class="home">
      <h1 class="visually-hidden" tabIndex={-1}>
        {t('home.title')}
      </h1>
      <div class="home__head">
        <OrderSwitch />
        <header class="home__bar">
          <Link href="/" aria-label="Aperto" class="home__brand" onClick={toTop}>
            <Wordmark />
          </Link>
          <OrderWords />
        </header>
      </div>
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
      {ids.length > 0 && order && (
        <WindowedList
          key={order}
          label={t('home.feed')}
          ids={ids}
          estimate={(id) => estimate(id) + (id === mark ? MARK : 0)}
          render={(id, index) => (
            <>
              {id === mark && <CaughtUp order={order} atTop={index === 0} />}
              <PostCard id={id} first={index === 0} />
            </>
          )}
        />
      )}
      {ids.length > 0 && (
        <More
          state={state}
          ended={ended}
          error={list.error.value?.message}
          onMore={() => void list.more()}
        />
      )}
      {ended && ids.length > 0 && <End marked={mark !== null} />}
      {ended && ids.length === 0 && <EmptyFeed />}
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
          {wordsOf(news.ids.length)}
        </Button>
      )}
    </div>
  );
}

function wordsOf(count: number): string {
  if (feedOrder.value !== 'ranked') return t('home.new', { count });
  return count === 0 ? t('home.rank-anew') : t('home.new-ranked', { count });
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
