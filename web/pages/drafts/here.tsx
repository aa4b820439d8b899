import { useEffect } from 'preact/hooks';
import { me } from '../../data/session.ts';
import { Cropped } from '../../data/uploads/cropped.tsx';
import type { PendingPost } from '../../data/uploads/pending.ts';
import { openPending, pendingPosts } from '../../data/uploads/pending-posts.ts';
import { t } from '../../strings/strings.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** The drafts that lie on this device only, newest first. */
export function useDraftsHere(): readonly PendingPost[] {
  const personId = me.value?.user_id;
  useEffect(() => {
    if (!personId) return;
    openPending(personId).catch((error: unknown) => {
      // Private windows often have no store: then there is nothing on this device.
      console.info('The drafts of this device cannot be read:', error);
    });
  }, [personId]);
  return pendingPosts.value
    .filter(({ step, files }) => step === 'draft' && files.length > 0)
    .toReversed();
}

interface DraftsHereProps {
  readonly drafts: readonly PendingPost[];
  readonly onOpen: (id: string) => void;
}

export function DraftsHere({ drafts, onOpen }: DraftsHereProps) {
  if (drafts.length === 0) return null;
  return (
    <section aria-labelledby="drafts-here">
      <h2 id="drafts-here" class="drafts__part">
        {t('drafts.here')}
      </h2>
      <ul>
        {drafts.map((draft) => {
          const caption = draft.caption.trim();
          const [first] = draft.files;
          return (
            <li key={draft.id} class="draft">
              <button type="button" class="draft__open" onClick={() => onOpen(draft.id)}>
                <span class="draft__picture" aria-hidden="true">
                  {first && <Cropped file={first} aspect="1:1" />}
                </span>
                <span class="draft__words">
                  <span class="visually-hidden">{t('drafts.open')} </span>
                  <span class="draft__caption" dir="auto">
                    {caption || <span class="quiet">{t('drafts.no-caption')}</span>}
                  </span>
                  <span class="quiet">
                    {t('drafts.pictures', { count: draft.files.length })} ·{' '}
                    <RelativeTime at={new Date(draft.createdAt).toISOString()} />
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
