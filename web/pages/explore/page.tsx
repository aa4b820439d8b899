import './explore.css';
import { Compass } from 'lucide';
import { useEffect } from 'preact/hooks';
import { exploreList, startExplore } from '../../data/explore.ts';
import { gonePosts } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { ExploreCell } from './cell.tsx';
import { isLarge } from './pattern.ts';

/** Posts of people whom one does not follow: photos first, the reasons beside them. */
export default function ExplorePage() {
  useTitle(t('explore.title'));
  return (
    <div class="explore">
      <PageHeader title={t('explore.title')} />
      <Found />
    </div>
  );
}

function Found() {
  const list = exploreList();
  useEffect(() => startExplore(place.peek().returned), [list]);
  const gone = gonePosts.value;
  const ids = list.items.value.filter((id) => !gone.has(id));
  const state = list.state.value;
  const empty = ids.length === 0;
  useScrollMemory(!empty || state === 'ready');

  if (empty && (state === 'idle' || state === 'loading')) return <Waiting />;
  if (empty && state === 'failed') {
    return (
      <EmptyState icon={Compass} title={t('explore.failed')} text={list.error.value?.message}>
        <Button kind="primary" onClick={() => list.reload().catch(reportError)}>
          {t('try-again')}
        </Button>
      </EmptyState>
    );
  }
  if (empty) {
    return (
      <EmptyState icon={Compass} title={t('explore.none')} text={t('explore.none-text')}>
        <ButtonLink href="/people">{t('explore.people')}</ButtonLink>
      </EmptyState>
    );
  }
  return (
    <>
      <ul class="explore__grid" aria-label={t('explore.posts')}>
        {ids.map((id, index) => (
          <ExploreCell
            key={id}
            id={id}
            large={isLarge(index, list.ended.value ? ids.length : Number.POSITIVE_INFINITY)}
            first={index < 6}
          />
        ))}
      </ul>
      <More
        state={state}
        ended={list.ended.value}
        error={list.error.value?.message}
        onMore={() => list.more().catch(reportError)}
      />
      {list.ended.value && (
        <div class="explore__end">
          <h2>{t('explore.end')}</h2>
          <p class="quiet">{t('explore.end-text')}</p>
        </div>
      )}
    </>
  );
}

function Waiting() {
  return (
    <ul class="explore__grid" aria-busy="true">
      {Array.from({ length: 12 }, (_, index) => (
        <li
          key={`waiting ${index}`}
          class={`explore__cell${isLarge(index, 12) ? ' explore__cell--large' : ''}`}
        >
          <Skeleton ratio={1} />
        </li>
      ))}
    </ul>
  );
}
