import './followed-hashtags.css';
import { Hash } from 'lucide';
import { useEffect } from 'preact/hooks';
import { followedHashtagsList, hashtag } from '../../data/hashtags.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Link } from '../../ui/link.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { place } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { FollowTagButton } from '../topics/follow-tag.tsx';

/** The hashtags that one follows. One that is left stays in the list, so that it can be followed again. */
export default function FollowedHashtagsPage() {
  useTitle(t('settings.hashtags'));
  return (
    <div class="followed-hashtags">
      <PageHeader title={t('settings.hashtags')} backTo="/settings" />
      <Tags />
    </div>
  );
}

function Tags() {
  const list = followedHashtagsList();
  useEffect(() => list.start(!place.peek().returned), [list]);
  const tags = list.items.value;
  const state = list.state.value;
  useScrollMemory(tags.length > 0 || state === 'ready');
  if (tags.length === 0 && (state === 'idle' || state === 'loading')) return <SkeletonRows />;
  if (tags.length === 0 && state === 'failed') {
    return (
      <EmptyState icon={Hash} title={t('hashtags.failed')} text={list.error.value?.message}>
        <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
      </EmptyState>
    );
  }
  if (tags.length === 0) {
    return <EmptyState icon={Hash} title={t('hashtags.none')} text={t('hashtags.none-text')} />;
  }
  return (
    <>
      <p class="followed-hashtags__text quiet">{t('hashtags.text')}</p>
      <ul>
        {tags.map((tag) => (
          <Row key={tag} tag={tag} />
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

function Row({ tag }: { readonly tag: string }) {
  const known = hashtag(tag).value;
  return (
    <li class="followed-hashtags__row">
      <Link class="followed-hashtags__tag" href={`/tags/${encodeURIComponent(tag)}`}>
        <strong>
          <bdi>#{tag}</bdi>
        </strong>
        <span class="quiet figures">{t('topic.posts', { count: known?.posts_count ?? 0 })}</span>
      </Link>
      <FollowTagButton tag={tag} small />
    </li>
  );
}
