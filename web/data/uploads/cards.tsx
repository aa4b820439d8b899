import './cards.css';
import { ImagePlus } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { PersonId } from '../../../api/ids.ts';
import { t } from '../../strings/strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { go } from '../../ui/router.ts';
import { homeFeedList } from '../home-feed.ts';
import { me } from '../session.ts';
import { frameRatio } from './crop.ts';
import { Cropped } from './cropped.tsx';
import { type PendingPost, progressOf } from './pending.ts';
import { discard, draft, editAgain, moving, pendingPosts, waitingFor } from './pending-posts.ts';
import { followPrepared, prepared } from './prepared.ts';
import { UploadProblem } from './problem.tsx';
import { startUploads } from './queue.ts';

/** A card for each post on its way, newest first, and a line for a draft. */
export function UploadCards({ personId }: { personId: string }) {
  useEffect(() => startUploads(personId as PersonId), [personId]);
  useEffect(followPrepared, []);
  const arrived = homeFeedList().items.value;
  const going = pendingPosts.value
    .filter(({ step }) => step !== 'draft' && step !== 'saving')
    .filter(({ postId }) => !(postId && arrived.includes(postId)))
    .reverse();
  return (
    <>
      {pendingPosts.value.some(({ step }) => step === 'saving') && <SavingLine />}
      {draft.value && draft.value.files.length > 0 && <DraftLine post={draft.value} />}
      {going.map((post) => (
        <UploadCard key={post.id} post={post} />
      ))}
    </>
  );
}

/** A draft on its way to the server. */
function SavingLine() {
  const waiting = useOnline() ? waitingFor.value : 'network';
  return (
    <p class="upload-draft" role="status">
      {waiting ? t(`upload.waiting-${waiting}`) : t('upload.saving-draft')}
    </p>
  );
}

function DraftLine({ post }: { post: PendingPost }) {
  const [first] = post.files;
  return (
    <div class="upload-draft">
      {first ? <Cropped file={first} aspect="1:1" /> : <Icon of={ImagePlus} />}
      <span class="upload-draft__words">{t('upload.draft')}</span>
      <ButtonLink href="/new" small>
        {t('upload.draft-go')}
      </ButtonLink>
    </div>
  );
}

/** In the shape of the post that it will be, so that nothing moves when that takes its place. */
function UploadCard({ post }: { post: PendingPost }) {
  const user = me.value;
  return (
    <article class="post-card upload-card" aria-label={t('upload.card')}>
      <header class="post-header">
        <Avatar src={user?.profile_picture ?? null} name={user?.full_name ?? ''} size={36} />
        <div class="post-header__who">
          <strong class="ellipsis">{user?.username}</strong>
          <span class="post-header__age">{t('time.now')}</span>
        </div>
      </header>
      {post.step === 'failed' && (
        <div class="upload-card__failed">
          <Failed post={post} />
        </div>
      )}
      <Pictures post={post} />
      {post.step !== 'failed' && <Going post={post} />}
    </article>
  );
}

/** Width by height of the tallest and the flattest box of a post in the feed. */
const TALLEST = 4 / 5;
const FLATTEST = 16 / 9;

function Pictures({ post }: { post: PendingPost }) {
  const [first] = post.files;
  if (!first) return null;
  const own = frameRatio(post.aspect, first);
  const box = Math.min(FLATTEST, Math.max(TALLEST, own));
  return (
    <div class="post-media upload-card__box" style={{ aspectRatio: String(box) }}>
      <div style={{ inlineSize: `${Math.min(1, own / box) * 100}%` }}>
        <Cropped file={first} aspect={post.aspect} />
      </div>
    </div>
  );
}

function Going({ post }: { post: PendingPost }) {
  const fraction = fractionOf(post);
  return (
    <div class="upload-card__going">
      <p role="status" class="figures">
        {wordsOf(post, useOnline())}
      </p>
      <span
        class={`upload-card__bar${fraction === null ? ' upload-card__bar--open' : ''}`}
        aria-hidden="true"
      >
        <span style={{ inlineSize: `${(fraction ?? 1) * 100}%` }} />
      </span>
      {post.files.some((file) => file.fleeting && !file.sent) && (
        <p class="quiet">{t('upload.fleeting')}</p>
      )}
    </div>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}

/** How much has gone; null when that cannot be said. */
function fractionOf(post: PendingPost): number | null {
  if (post.step === 'processing') return preparedOf(post);
  const { fraction } = progressOf(post, moving.value);
  return post.step === 'sharing' && fraction < 1 ? fraction : null;
}

/** How much of the server's work on its video is done; null while nothing is told. */
function preparedOf({ files, postId }: PendingPost): number | null {
  const video = files.some(({ whole }) => whole);
  return (video && postId && prepared.value.get(postId)) || null;
}

function wordsOf(post: PendingPost, online: boolean): string {
  const waiting = online ? waitingFor.value : 'network';
  if (waiting) return t(`upload.waiting-${waiting}`);
  if (post.step === 'processing') {
    const done = preparedOf(post);
    return done === null
      ? t('upload.processing')
      : t('video.preparing', { percent: String(Math.floor(done * 100)) });
  }
  const { sentFiles, files, fraction } = progressOf(post, moving.value);
  if (sentFiles === files) return t('upload.confirming');
  if (isPreparing(post)) return t('upload.preparing');
  const number = Math.min(files, sentFiles + 1);
  const percent = String(Math.floor(fraction * 100));
  return files === 1
    ? t('upload.uploading-one', { percent })
    : t('upload.uploading', { number, total: files, percent });
}

/** Nothing can go yet: a large file is read first. */
function isPreparing({ files }: PendingPost): boolean {
  return files.every((file) => file.sent || file.checksum === null);
}

function Failed({ post }: { post: PendingPost }) {
  const [asking, setAsking] = useState(false);
  const edit = () => editAgain(post.id).then(() => go('/new'));
  return (
    <>
      <UploadProblem post={post}>
        <Button small onClick={() => edit().catch(reportError)}>
          {t('upload.edit')}
        </Button>
        <Button small kind="danger" onClick={() => setAsking(true)}>
          {t('upload.discard')}
        </Button>
      </UploadProblem>
      {asking && (
        <Ask
          title={t('upload.discard-title')}
          text={t('upload.discard-text')}
          yes={t('upload.discard')}
          no={t('compose.keep')}
          onYes={() => discard(post.id).catch(reportError)}
          onNo={() => setAsking(false)}
        />
      )}
    </>
  );
}
