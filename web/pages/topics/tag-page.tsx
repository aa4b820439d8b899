import { Hash } from 'lucide';
import { foldHashtag } from '../../../api/text.ts';
import { hashtag, loadHashtag } from '../../data/hashtags.ts';
import { hashtagPostsList } from '../../data/topic-posts.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { FollowTagButton } from './follow-tag.tsx';
import { useLoad } from './load.ts';
import { TopicPosts } from './posts.tsx';

/** A hashtag: how much it is used, following it, and its posts. */
export default function TagPage({ params }: PageProps) {
  const tag = foldHashtag(params.tag ?? '');
  return tag === null ? <NoTag /> : <Tag tag={tag} />;
}

function Tag({ tag }: { readonly tag: string }) {
  useTitle(`#${tag}`);
  const { error, again } = useLoad(tag, loadHashtag);
  const known = hashtag(tag).value;
  return (
    <div class="topic">
      <PageHeader title={<bdi>#{tag}</bdi>} backTo="/" />
      {error && !known ? (
        <EmptyState icon={Hash} title={t('tag.failed')} text={error.message}>
          <Button kind="primary" onClick={again}>
            {t('try-again')}
          </Button>
        </EmptyState>
      ) : (
        <>
          <div class="topic-head" aria-busy={!known}>
            <p class="topic-head__facts figures">
              {known ? t('topic.posts', { count: known.posts_count }) : <Skeleton width="8rem" />}
            </p>
            {known && <FollowTagButton tag={tag} />}
          </div>
          <TopicPosts
            href={`/tags/${encodeURIComponent(tag)}`}
            listOf={(order) => hashtagPostsList(tag, order)}
            none={
              <EmptyState icon={Hash} title={t('tag.none')} text={t('tag.none-text', { tag })} />
            }
          />
        </>
      )}
    </div>
  );
}

function NoTag() {
  useTitle(t('tag.wrong'));
  return (
    <>
      <PageHeader title={t('tag.wrong')} backTo="/" />
      <EmptyState icon={Hash} title={t('tag.wrong')} text={t('tag.wrong-text')}>
        <ButtonLink href="/">{t('not-found.go')}</ButtonLink>
      </EmptyState>
    </>
  );
}
