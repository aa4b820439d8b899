import './similar-photos.css';
import { CopyCheck } from 'lucide';
import { useEffect } from 'preact/hooks';
import { gonePosts } from '../../data/posts.ts';
import { keepBoth, type SimilarPair, similarPhotosList } from '../../data/similar-photos.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { tell } from '../post/undo.ts';
import { Pair } from './pair.tsx';

let reloading: Promise<void> | null = null;

/** New addresses for all, once however many pictures did not load. */
function askAnew(): Promise<void> {
  reloading ??= similarPhotosList()
    .reload()
    .finally(() => {
      reloading = null;
    });
  return reloading;
}

/** One's own photos that look alike, pair by pair. */
export default function SimilarPhotosPage() {
  useTitle(t('similar.title'));
  return (
    <div class="similar">
      <PageHeader title={t('similar.title')} backTo="/settings" />
      <Pairs />
    </div>
  );
}

function Pairs() {
  const list = similarPhotosList();
  useEffect(() => list.start(!place.peek().returned), [list]);
  const gone = gonePosts.value;
  const pairs = list.items.value.filter(
    ({ pictures }) => !pictures.some(({ post_id }) => gone.has(post_id)),
  );
  const state = list.state.value;
  useScrollMemory(pairs.length > 0 || state === 'ready');

  const keep = (pair: SimilarPair) => {
    keepBoth(pair).then(
      () => toast({ text: t('similar.kept') }),
      (error: unknown) =>
        tell(
          error,
          (reason) => t('similar.keep-failed', { reason }),
          () => keep(pair),
        ),
    );
  };

  if (pairs.length === 0 && (state === 'idle' || state === 'loading')) return <SkeletonRows />;
  if (pairs.length === 0 && state === 'failed') {
    return (
      <EmptyState icon={CopyCheck} title={t('similar.failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (pairs.length === 0 && list.ended.value) {
    return <EmptyState icon={CopyCheck} title={t('similar.none')} text={t('similar.none-text')} />;
  }
  return (
    <>
      <p class="similar__text quiet">{t('similar.text')}</p>
      <ul class="similar__pairs">
        {pairs.map((pair) => (
          <Pair key={pair.pair_id} pair={pair} onKeep={keep} onFail={askAnew} />
        ))}
      </ul>
      <More
        state={state}
        ended={list.ended.value}
        error={list.error.value?.message}
        onMore={() => list.more().catch(reportError)}
      />
    </>
  );
}
