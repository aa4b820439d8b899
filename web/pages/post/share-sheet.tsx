import './share-sheet.css';
import { ExternalLink, Link2, Mail, Repeat2, Share2 } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { noteShare } from '../../data/reposts.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { copyLink, linkTo } from './acts.ts';
import { undoRepost } from './repost-acts.ts';
import { RepostForm } from './repost-form.tsx';
import { mastodonServer, mastodonShare, type Place, placesFor } from './share-places.ts';

interface ShareSheetProps {
  readonly post: Post;
  readonly onClose: () => void;
}

/** Ways to show a post to others: a repost here, its address elsewhere. Plain links, no scripts of others. */
export function ShareSheet({ post, onClose }: ShareSheetProps) {
  const [reposting, setReposting] = useState(false);
  if (reposting) return <RepostForm post={post} onClose={onClose} />;
  const { post_id: id, viewer } = post;
  const title = t('post.title', { name: post.user.full_name });
  const link = linkTo(id);
  return (
    <Sheet title={t('share.title')} onClose={onClose}>
      {!post.is_public && <p class="share-sheet__note">{t(noteFor(post))}</p>}
      <ul class="share-sheet">
        {me.value && (viewer.reposted || viewer.can_repost) && (
          <Row
            icon={Repeat2}
            onClick={() => {
              if (!viewer.reposted) return setReposting(true);
              onClose();
              undoRepost(id);
            }}
          >
            {t(viewer.reposted ? 'repost.undo' : 'repost.do')}
          </Row>
        )}
        <Row
          icon={Link2}
          onClick={() => {
            noteShare(id, 'link');
            onClose();
            void copyLink(id);
          }}
        >
          {t('share.copy')}
        </Row>
        {'share' in navigator && (
          <Row icon={Share2} onClick={() => void shareBySystem(id, title, onClose)}>
            {t('share.system')}
          </Row>
        )}
        {placesFor(link, title).map((place) => (
          <Elsewhere key={place.channel} place={place} postId={id} />
        ))}
        <Mastodon link={link} title={title} postId={id} />
      </ul>
    </Sheet>
  );
}

function noteFor({ viewer, audience }: Post) {
  if (!viewer.is_author) return 'share.not-public';
  return audience === 'close_friends' ? 'share.close-friends' : 'share.followers';
}

async function shareBySystem(id: string, title: string, onClose: () => void): Promise<void> {
  try {
    await navigator.share({ title, url: linkTo(id) });
    noteShare(id, 'system');
    onClose();
  } catch (error) {
    // Closed without sharing: nothing to say. Anything else: the address itself.
    const closed = error instanceof DOMException && error.name === 'AbortError';
    if (closed) return;
    onClose();
    await copyLink(id);
  }
}

interface RowProps {
  readonly icon: typeof Link2;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

function Row({ icon, onClick, children }: RowProps) {
  return (
    <li>
      <button type="button" class="share-sheet__row" onClick={onClick}>
        <Icon of={icon} />
        {children}
      </button>
    </li>
  );
}

function Elsewhere({ place, postId }: { readonly place: Place; readonly postId: string }) {
  const isMail = place.channel === 'email';
  return (
    <li>
      <a
        class="share-sheet__row"
        href={place.href}
        target={isMail ? undefined : '_blank'}
        rel="noopener noreferrer"
        onClick={() => noteShare(postId, place.channel)}
      >
        <Icon of={isMail ? Mail : ExternalLink} />
        {place.name === null ? t('share.email') : t('share.to', { place: place.name })}
      </a>
    </li>
  );
}

/** Remembered on this device only. */
const KEY = 'aperto.mastodon';

interface MastodonProps {
  readonly link: string;
  readonly title: string;
  readonly postId: string;
}

/** Mastodon is many servers, so it is asked which. */
function Mastodon({ link, title, postId }: MastodonProps) {
  const [open, setOpen] = useState(false);
  const [given, setGiven] = useState(() => localStorage.getItem(KEY) ?? '');
  const server = mastodonServer(given);
  if (!open) {
    return (
      <Row icon={ExternalLink} onClick={() => setOpen(true)}>
        {t('share.mastodon')}
      </Row>
    );
  }
  const wrong = given !== '' && server === null && given.includes('.');
  return (
    <li class="share-sheet__mastodon">
      <TextField
        label={t('share.instance')}
        hint={t('share.instance-hint')}
        error={wrong ? t('share.instance-wrong') : null}
        value={given}
        onValue={setGiven}
        inputMode="url"
        autocapitalize="none"
        spellcheck={false}
        maxLength={260}
        inputRef={focusOnce}
      />
      {server !== null && (
        <a
          class="button button--primary"
          href={mastodonShare(server, link, title)}
          target="_blank"
          rel="noopener noreferrer"
          onClick={() => {
            localStorage.setItem(KEY, server);
            noteShare(postId, 'mastodon');
          }}
        >
          {t('share.open')}
        </a>
      )}
    </li>
  );
}

/** The same function each time, so that it is called when the field appears and never again. */
function focusOnce(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true });
}
