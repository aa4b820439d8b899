import '../profile/grid.css';
import './recently-deleted.css';
import { Trash2 } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { type DeletedPost, deletedList } from '../../data/own-posts.ts';
import { pictureOf } from '../../data/pictures.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Photo } from '../../ui/photo.tsx';
import { place } from '../../ui/router.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { withOwnActs } from '../post/with-own-acts.ts';
import { CELL_SIZES, nameOfPost } from '../profile/cell.tsx';

const DAY = 24 * 60 * 60 * 1000;

let reloading: Promise<void> | null = null;

/** New addresses for all, once however many pictures did not load. */
function askAnew(): Promise<void> {
  reloading ??= deletedList()
    .reload()
    .finally(() => {
      reloading = null;
    });
  return reloading;
}

/** Posts that can still be brought back, with the days that are left. */
export default function RecentlyDeletedPage() {
  useTitle(t('deleted.title'));
  const list = deletedList();
  useEffect(() => list.start(!place.peek().returned), [list]);
  const posts = list.items.value;
  const state = list.state.value;
  const none = posts.length === 0;
  return (
    <div class="grid-page">
      <PageHeader title={t('deleted.title')} backTo="/archive" />
      <p class="grid-page__text">{t('deleted.text')}</p>
      {none && (state === 'idle' || state === 'loading') && <SkeletonRows />}
      {none && state === 'failed' && (
        <EmptyState title={t('deleted.failed')} text={list.error.value?.message}>
          <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
        </EmptyState>
      )}
      {none && state === 'ready' && (
        <EmptyState icon={Trash2} title={t('deleted.none')} text={t('deleted.none-text')} />
      )}
      {!none && (
        <>
          <ul class="profile-grid">
            {posts.map((post) => (
              <DeletedCell key={post.post_id} post={post} />
            ))}
          </ul>
          <More
            state={state}
            ended={list.ended.value}
            error={list.error.value?.message}
            onMore={() => list.more().catch(reportError)}
          />
        </>
      )}
    </div>
  );
}

function DeletedCell({ post }: { readonly post: DeletedPost }) {
  const [opened] = useState(Date.now);
  const [media] = post.media;
  const days = Math.ceil((Date.parse(post.gone_at) - opened) / DAY);
  const name = nameOfPost(post);
  return (
    <li class="profile-grid__cell deleted">
      {media && (
        <Photo
          picture={pictureOf(media)}
          ratio={1}
          fit="cover"
          sizes={CELL_SIZES}
          onFail={askAnew}
        />
      )}
      <span class="deleted__left figures">
        {days > 1 ? t('deleted.left', { count: days }) : t('deleted.last-day')}
      </span>
      <Button
        small
        wide
        aria-label={t('deleted.restore-of', { post: name })}
        onClick={() => withOwnActs((acts) => acts.restoreFromList(post.post_id))}
      >
        {t('deleted.restore')}
      </Button>
    </li>
  );
}
