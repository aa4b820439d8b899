import { Files, Save, Trash2 } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { CAPTION_MAX } from '../../../api/limits.ts';
import type { PendingPost } from '../../data/uploads/pending.ts';
import { discard, keepForLater, share } from '../../data/uploads/pending-posts.ts';
import { letGoOfDraft } from '../../data/uploads/server-drafts.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { go } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';
import { Developing } from './developing.tsx';
import { dropUnsaved, save, stash } from './drafting.ts';
import { Leaving } from './leaving.tsx';
import { LeftOut } from './left-out.tsx';
import { Words } from './words.tsx';

/** Crop and order at one side, words at the other; on a phone one after the other. */
export function Editor({ post }: { readonly post: PendingPost }) {
  const [step, setStep] = useState<'pictures' | 'words'>('pictures');
  const [asking, setAsking] = useState<'discard' | 'leave' | null>(null);
  const tooLong = post.caption.length > CAPTION_MAX;

  useEffect(() => {
    addEventListener('pagehide', stash);
    return () => {
      removeEventListener('pagehide', stash);
      save().catch(reportError);
    };
  }, []);

  // The button that chose the photos has gone, and the focus with it.
  const editor = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    editor.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, []);

  const send = async () => {
    await save();
    await share(post.id);
    go('/');
  };
  const throwAway = async () => {
    dropUnsaved();
    await letGoOfDraft(post);
    await discard(post.id);
  };
  const keep = async () => {
    await save();
    await keepForLater(post.id);
    toast({ text: t('leave.going') });
    go('/');
  };

  return (
    <div ref={editor} class={`editor editor--${step}`}>
      <EditorHeader
        step={step}
        onBack={() => setStep('pictures')}
        onLeave={() => setAsking('leave')}
        onSave={tooLong ? undefined : () => keep().catch(reportError)}
        onDiscard={() => setAsking('discard')}
        onNext={() => setStep('words')}
        onShare={tooLong ? undefined : () => send().catch(reportError)}
      />
      <LeftOut />
      <Developing post={post} />
      <div class="editor__words">
        <Words post={post} />
        <div class="editor__share">
          <Button kind="primary" wide disabled={tooLong} onClick={() => send().catch(reportError)}>
            {t('compose.share')}
          </Button>
        </div>
      </div>
      {asking === 'leave' && (
        <Leaving
          onSave={tooLong ? undefined : () => keep().catch(reportError)}
          onDiscard={() => throwAway().catch(reportError)}
          onStay={() => setAsking(null)}
        />
      )}
      {asking === 'discard' && (
        <Ask
          title={t('compose.discard-title')}
          text={t('compose.discard-text')}
          yes={t('compose.discard')}
          no={t('compose.keep')}
          onYes={() => throwAway().catch(reportError)}
          onNo={() => setAsking(null)}
        />
      )}
    </div>
  );
}

interface EditorHeaderProps {
  readonly step: 'pictures' | 'words';
  readonly onBack: () => void;
  readonly onLeave: () => void;
  readonly onSave: (() => void) | undefined;
  readonly onDiscard: () => void;
  readonly onNext: () => void;
  readonly onShare: (() => void) | undefined;
}

function EditorHeader(props: EditorHeaderProps) {
  const { step, onBack, onLeave, onSave, onDiscard, onNext, onShare } = props;
  const items: readonly MenuItem[] = [
    ...(onSave ? [{ label: t('leave.save'), icon: Save, run: onSave }] : []),
    { label: t('drafts.title'), icon: Files, run: () => go('/drafts') },
    { label: t('compose.discard'), icon: Trash2, danger: true, run: onDiscard },
  ];
  return (
    <PageHeader title={t('compose.title')} onBack={step === 'words' ? onBack : onLeave}>
      <Menu label={t('compose.more')} items={items} />
      <Button kind="plain" class="editor__next" onClick={onNext}>
        {t('compose.next')}
      </Button>
      <Button kind="primary" small class="editor__share-top" disabled={!onShare} onClick={onShare}>
        {t('compose.share')}
      </Button>
    </PageHeader>
  );
}
