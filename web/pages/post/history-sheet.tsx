import './history-sheet.css';
import { History } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { PostId } from '../../../api/ids.ts';
import type { PostRevision, postHistory } from '../../../api/post-history.ts';
import { call } from '../../data/client.ts';
import { createList } from '../../data/lists.ts';
import { post } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { More } from '../../ui/more.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

/** The revisions of a post, newest first; asked for anew each time. */
function historyOf(postId: string) {
  return createList<PostRevision>(
    {
      load: (cursor) =>
        call<typeof postHistory>('GET /posts/{post_id}/history', {
          params: { post_id: postId as PostId },
          query: cursor === undefined ? {} : { cursor },
        }),
      idOf: (one) => String(one.revision),
    },
    null,
  );
}

/** What a post said before. */
export function HistorySheet(props: { readonly postId: string; readonly onClose: () => void }) {
  const [list] = useState(() => historyOf(props.postId));
  useEffect(() => list.start(), [list]);
  const revisions = list.items.value;
  const state = list.state.value;
  const none = revisions.length === 0;
  const order = post(props.postId).value?.media.map(({ media_id }) => media_id) ?? [];
  return (
    <Sheet title={t('history.title')} onClose={props.onClose}>
      {none && (state === 'idle' || state === 'loading') && <SkeletonRows />}
      {none && state === 'failed' && (
        <EmptyState icon={History} title={t('history.failed')} text={list.error.value?.message}>
          <Button onClick={() => list.reload().catch(reportError)}>{t('try-again')}</Button>
        </EmptyState>
      )}
      <ol class="history">
        {revisions.map((revision, index) => (
          <Revision
            key={revision.revision}
            revision={revision}
            order={order}
            mark={
              index === 0
                ? t('history.now')
                : list.ended.value && index === revisions.length - 1
                  ? t('history.first')
                  : null
            }
          />
        ))}
      </ol>
      {!none && (
        <More
          state={state}
          ended={list.ended.value}
          error={list.error.value?.message}
          onMore={() => list.more().catch(reportError)}
          ahead={200}
        />
      )}
    </Sheet>
  );
}

interface RevisionProps {
  readonly revision: PostRevision;
  /** The pictures in the order in which they stand. */
  readonly order: readonly string[];
  readonly mark: string | null;
}

function Revision({ revision, order, mark }: RevisionProps) {
  const { caption, location, tagged, alts, at } = revision;
  const names = [...new Set(tagged.map(({ username }) => `@${username}`))];
  return (
    <li class="history__one">
      <p class="quiet">
        <RelativeTime at={at} />
        {mark && ` · ${mark}`}
      </p>
      <p class={caption ? 'history__caption' : 'quiet'} dir="auto">
        {caption || t('history.no-caption')}
      </p>
      {location && <p class="quiet">{t('history.place', { name: location.name })}</p>}
      {names.length > 0 && <p class="quiet">{t('history.tagged', { names: names.join(', ') })}</p>}
      {alts
        .filter(({ alt }) => alt !== '')
        .map(({ media_id, alt }) => (
          <p key={media_id} class="quiet" dir="auto">
            {t('history.alt', { number: order.indexOf(media_id) + 1, alt })}
          </p>
        ))}
    </li>
  );
}
