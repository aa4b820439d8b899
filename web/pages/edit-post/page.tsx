import { ImageOff } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { ApiError, isAbort } from '../../data/client.ts';
import { loadPost } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { EditForm } from './form.tsx';

/** Where one's own post is edited. */
export default function EditPostPage({ params }: PageProps) {
  const id = params.id ?? '';
  const [answer, setAnswer] = useState<Post | ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  useTitle(t('edit-post.title'));

  // Anew each time: what is known here may be older than the last edit.
  useEffect(() => {
    const leaving = new AbortController();
    loadPost(id, leaving.signal).then(setAnswer, (caught: unknown) => {
      if (caught instanceof ApiError) setAnswer(caught);
      else if (!isAbort(caught)) reportError(caught);
    });
    return () => leaving.abort();
  }, [id, attempt]);

  if (answer && !(answer instanceof ApiError) && answer.viewer.is_author) {
    return <EditForm post={answer} />;
  }
  const failed = answer instanceof ApiError && answer.code !== 'post_not_found';
  return (
    <>
      <PageHeader title={t('edit-post.title')} backTo={`/p/${id}`} />
      {answer === null && <SkeletonRows count={4} />}
      {failed && (
        <EmptyState icon={ImageOff} title={t('post.failed')} text={answer.message}>
          <Button kind="primary" onClick={() => setAttempt(attempt + 1)}>
            {t('try-again')}
          </Button>
        </EmptyState>
      )}
      {answer && !failed && (
        <EmptyState icon={ImageOff} title={t('edit-post.gone')} text={t('edit-post.gone-text')}>
          <ButtonLink href="/">{t('not-found.go')}</ButtonLink>
        </EmptyState>
      )}
    </>
  );
}
