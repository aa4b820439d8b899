import './drafts.css';
import { Files, Trash2 } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { Draft } from '../../../api/drafts.ts';
import { ApiError } from '../../data/client.ts';
import { draftsList, takeDraftAway } from '../../data/drafts.ts';
import { me } from '../../data/session.ts';
import { openPending, takeUp } from '../../data/uploads/pending-posts.ts';
import { startUploads } from '../../data/uploads/queue.ts';
import { openDraft } from '../../data/uploads/server-drafts.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink, IconButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { go, place } from '../../ui/router.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { undoable } from '../post/undo.ts';
import { DraftsHere, useDraftsHere } from './here.tsx';

/** What was begun and kept for later: on this device, and on all of them. */
export default function DraftsPage() {
  useTitle(t('drafts.title'));
  const list = draftsList();
  const here = useDraftsHere();
  useEffect(() => list.start(!place.peek().returned), [list]);
  const drafts = list.items.value;
  const state = list.state.value;
  const none = drafts.length === 0;
  return (
    <div class="drafts">
      <PageHeader title={t('drafts.title')} backTo="/new" />
      <DraftsHere drafts={here} onOpen={(id) => goOn(id).catch(reportError)} />
      {none && (state === 'idle' || state === 'loading') && <SkeletonRows count={3} />}
      {none && state === 'failed' && (
        <EmptyState title={t('drafts.failed')} text={list.error.value?.message}>
          <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
        </EmptyState>
      )}
      {none && state === 'ready' && here.length === 0 && (
        <EmptyState icon={Files} title={t('drafts.none')} text={t('drafts.none-text')}>
          <ButtonLink kind="primary" href="/new">
            {t('compose.title')}
          </ButtonLink>
        </EmptyState>
      )}
      {!none && (
        <>
          {here.length > 0 && <h2 class="drafts__part">{t('drafts.everywhere')}</h2>}
          <ul>
            {drafts.map((draft) => (
              <DraftRow key={draft.draft_id} draft={draft} />
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

async function goOn(id: string): Promise<void> {
  await takeUp(id);
  go('/new');
}

function DraftRow({ draft }: { readonly draft: Draft }) {
  const [opening, setOpening] = useState(false);
  const caption = draft.content.caption?.trim() ?? '';
  const [first] = draft.pictures;
  const open = async () => {
    const own = me.peek();
    if (opening || !own) return;
    setOpening(true);
    try {
      await openPending(own.user_id);
      await openDraft(draft.draft_id);
      startUploads(own.user_id);
      go('/new');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: t('drafts.open-failed', { reason: error.message }) });
      setOpening(false);
    }
  };
  return (
    <li class="draft">
      <button
        type="button"
        class="draft__open"
        aria-busy={opening ? 'true' : undefined}
        onClick={() => open().catch(reportError)}
      >
        {first ? <FirstOf picture={first} /> : <span class="draft__picture" />}
        <span class="draft__words">
          <span class="visually-hidden">{t('drafts.open')} </span>
          <span class="draft__caption" dir="auto">
            {caption || <span class="quiet">{t('drafts.no-caption')}</span>}
          </span>
          <span class="quiet">
            {opening ? (
              t('drafts.opening')
            ) : (
              <>
                {t('drafts.pictures', { count: draft.pictures.length })} ·{' '}
                <RelativeTime at={draft.updated_at} />
              </>
            )}
          </span>
        </span>
      </button>
      <IconButton
        icon={Trash2}
        iconSize={20}
        label={t('drafts.delete')}
        onClick={() => throwAway(draft)}
      />
    </li>
  );
}

/** The file as it came, which is all that there is of a draft. */
function FirstOf({
  picture: { url, content_type },
}: {
  readonly picture: Draft['pictures'][number];
}) {
  if (content_type.startsWith('video/')) {
    // The frame at its beginning: nothing more is fetched.
    return (
      <video class="draft__picture" src={`${url}#t=0.1`} preload="metadata" muted playsInline />
    );
  }
  return <img class="draft__picture" src={url} alt="" loading="lazy" />;
}

/** Gone at once, and for good when nobody asked for it back. */
function throwAway(draft: Draft): void {
  const list = draftsList();
  const index = list.items.peek().indexOf(draft);
  const putBack = () => list.insert(draft, Math.max(0, index));
  list.remove(draft.draft_id);
  undoable(t('drafts.deleted'), putBack, () => {
    takeDraftAway(draft.draft_id).catch((error: unknown) => {
      putBack();
      if (!(error instanceof ApiError)) throw error;
      toast({ text: t('drafts.delete-failed', { reason: error.message }) });
    });
  });
}
