import './compose.css';
import { ImagePlus } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { me } from '../../data/session.ts';
import { loadUploadCards } from '../../data/uploads/in-feed.tsx';
import { openPending } from '../../data/uploads/pending-posts.ts';
import { startUploads } from '../../data/uploads/queue.ts';
import { t } from '../../strings/strings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { Choose } from './choose.tsx';
import { current, unstash } from './drafting.ts';
import { Editor } from './editor.tsx';
import { useIncoming } from './incoming.ts';

/** Where people make a post: choose, crop, write, share. */
export default function ComposePage() {
  useTitle(t('compose.title'));
  return <Compose key={me.value?.user_id} />;
}

function Compose() {
  const [opened, setOpened] = useState<'opening' | 'open' | 'refused'>('opening');
  const dropping = useIncoming();
  const personId = me.value?.user_id;

  useEffect(() => {
    if (!personId) return;
    openPending(personId)
      .then(unstash)
      .then(
        () => {
          setOpened('open');
          startUploads(personId);
          loadUploadCards().catch(reportError);
        },
        (error: unknown) => {
          console.error(error);
          setOpened('refused');
        },
      );
  }, [personId]);

  if (opened === 'refused') {
    return (
      <>
        <PageHeader title={t('compose.title')} backTo="/" />
        <EmptyState icon={ImagePlus} title={t('compose.title')} text={t('compose.no-store')} />
      </>
    );
  }
  return (
    <div class={`compose${dropping ? ' compose--dropping' : ''}`}>
      {opened === 'open' && current.value && current.value.files.length > 0 ? (
        <Editor post={current.value} />
      ) : (
        <Choose ready={opened === 'open'} />
      )}
      {dropping && (
        <div class="compose__drop" aria-hidden="true">
          {t('compose.drop')}
        </div>
      )}
    </div>
  );
}
