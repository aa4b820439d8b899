import './post.css';
import './page.css';
import { Compass, ImageOff, X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { ApiError, isAbort } from '../../data/client.ts';
import { exploreReason, reasonText } from '../../data/explore-reasons.ts';
import { gonePosts, post as known, loadPost } from '../../data/posts.ts';
import { me } from '../../data/session.ts';
import { watchPost } from '../../data/socket.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { back, query } from '../../ui/router.ts';
import { useScrollMemory } from '../../ui/scroll-memory.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { Actions } from './actions.tsx';
import { Caption } from './caption.tsx';
import { CommentForm } from './comment-form.tsx';
import { Comments } from './comments.tsx';
import { PostHeader } from './header.tsx';
import { PostMedia } from './media.tsx';
import { labelOf, useOriginal } from './original.ts';
import { RepostLine } from './repost-line.tsx';
import { useSeen } from './use-seen.ts';
import { Why } from './why.tsx';

/** How wide the photo stands on the page of a post; the same figures are in post.css. */
const PAGE_SIZES = '(min-width: 1000px) min(58vw, 800px), (min-width: 768px) 600px, 100vw';

/** A post at its own address: as a page, or as a sheet over the page it was opened from. */
export default function PostPage({ params, sheet }: PageProps) {
  const id = params.id ?? '';
  const [error, setError] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const post = known(id).value;
  const gone = gonePosts.value.has(id) || error?.code === 'post_not_found';
  useTitle(post ? t('post.title', { name: post.user.full_name }) : '');

  useEffect(() => {
    const giveUp = new AbortController();
    setError(null);
    loadPost(id, giveUp.signal).catch((caught: unknown) => {
      if (isAbort(caught)) return;
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    });
    return () => giveUp.abort();
  }, [id, attempt]);

  useEffect(() => watchPost(id), [id]);

  const body = gone ? (
    <EmptyState icon={ImageOff} title={t('post.gone')} text={t('post.gone-text')}>
      <ButtonLink href="/">{t('not-found.go')}</ButtonLink>
    </EmptyState>
  ) : post ? (
    <PostBody post={post} />
  ) : error ? (
    <EmptyState icon={ImageOff} title={t('post.failed')} text={error.message}>
      <Button kind="primary" onClick={() => setAttempt(attempt + 1)}>
        {t('try-again')}
      </Button>
    </EmptyState>
  ) : (
    <PostSkeleton />
  );

  if (!sheet) return <PostAsPage>{body}</PostAsPage>;
  return (
    <Sheet
      title={post ? labelOf(post) : t('post.page')}
      titleHidden
      size="wide"
      onClose={() => back()}
    >
      {body}
      <div class="post-sheet__close">
        <IconButton icon={X} label={t('close')} onClick={() => back()} />
      </div>
    </Sheet>
  );
}

function PostAsPage({ children }: { readonly children: ComponentChildren }) {
  useScrollMemory(true);
  return (
    <>
      {me.value ? (
        <PageHeader title={t('post.page')} backTo="/" />
      ) : (
        // A visitor has the bar of the app above, and no page to go back to.
        <h1 class="visually-hidden" tabIndex={-1}>
          {t('post.page')}
        </h1>
      )}
      <div class="post-page">{children}</div>
    </>
  );
}

function PostBody({ post: opened }: { readonly post: Post }) {
  const form = useRef<HTMLDivElement>(null);
  const media = useRef<HTMLDivElement>(null);
  const [why, setWhy] = useState(false);
  const original = useOriginal(opened);
  const post = original ?? opened;
  useEffect(() => (original ? watchPost(original.post_id) : undefined), [original?.post_id]);
  useSeen(media, opened);
  return (
    <article class="post-body" aria-label={labelOf(opened)}>
      {original && (
        <div class="post-body__repost">
          <RepostLine post={opened} inFeed={false} />
        </div>
      )}
      <PostHeader
        post={post}
        inFeed={false}
        onWhy={me.value ? () => setWhy(true) : undefined}
        onDeleted={() => back()}
      />
      <div class="post-body__media" ref={media}>
        <PostMedia post={post} sizes={PAGE_SIZES} first whole />
      </div>
      <div class="post-body__actions">
        <Actions
          post={post}
          onComment={() => form.current?.querySelector<HTMLElement>('textarea, a')?.focus()}
        />
        <ExploreReason postId={opened.post_id} />
      </div>
      <div class="post-body__words">
        <Caption post={post} whole />
        <Comments postId={post.post_id} linked={linkedComment()} />
      </div>
      <div class="post-body__form" ref={form}>
        <CommentForm postId={post.post_id} />
      </div>
      {why && <Why entry={opened} shown={post} onClose={() => setWhy(false)} />}
    </article>
  );
}

/** Of a post that was recommended: why. */
function ExploreReason({ postId }: { readonly postId: string }) {
  const reason = exploreReason(postId);
  if (!reason) return null;
  return (
    <p class="post-body__reason">
      <Icon of={Compass} size={16} />
      <span dir="auto">{t('explore.reason', { reason: reasonText(reason) })}</span>
    </p>
  );
}

/** What `?comment=` in the address names; what cannot be an id names nothing. */
function linkedComment(): string | undefined {
  return /^[0-9]{1,19}$/.exec(query('comment') ?? '')?.[0];
}

function PostSkeleton() {
  return (
    <div class="post-body" aria-busy="true">
      <div class="post-header">
        <Skeleton width="2.25rem" height="2.25rem" round />
        <Skeleton width="8rem" />
      </div>
      <div class="post-body__media">
        <Skeleton ratio={1} />
      </div>
    </div>
  );
}
