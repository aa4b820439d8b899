import './originals-sheet.css';
import { Download, FileX, HardDrive } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { MediaId, PostId } from '../../../api/ids.ts';
import type { getOriginal, Media, Original } from '../../../api/media.ts';
import type { Post } from '../../../api/posts.ts';
import { ApiError, call } from '../../data/client.ts';
import { pictureOf } from '../../data/pictures.ts';
import { locale, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { bytesText } from '../../ui/bytes.ts';
import { Icon } from '../../ui/icon.tsx';
import { Photo } from '../../ui/photo.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { toast } from '../../ui/toast.tsx';

interface OriginalsSheetProps {
  readonly post: Post;
  readonly onClose: () => void;
}

/** The files that a post was made of: for its author, how they are kept, and to download. */
export function OriginalsSheet({ post, onClose }: OriginalsSheetProps) {
  return (
    <Sheet title={t('originals.title')} onClose={onClose}>
      <p class="originals__text quiet">{t('originals.text')}</p>
      <ul class="originals">
        {post.media.map((media, index) => (
          <OriginalFile
            key={media.media_id}
            postId={post.post_id}
            media={media}
            number={index + 1}
          />
        ))}
      </ul>
    </Sheet>
  );
}

function askOriginal(postId: PostId, mediaId: MediaId): Promise<Original> {
  return call<typeof getOriginal>('GET /posts/{post_id}/media/{media_id}/original', {
    params: { post_id: postId, media_id: mediaId },
  });
}

interface FileProps {
  readonly postId: PostId;
  readonly media: Media;
  readonly number: number;
}

function OriginalFile({ postId, media, number }: FileProps) {
  const [original, setOriginal] = useState<Original | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const name = t(media.type === 'video' ? 'originals.video' : 'originals.photo', { number });

  // `attempt` asks again.
  useEffect(() => {
    let wanted = true;
    setProblem(null);
    askOriginal(postId, media.media_id).then(
      (found) => wanted && setOriginal(found),
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (wanted) setProblem(error.message);
      },
    );
    return () => {
      wanted = false;
    };
  }, [postId, media.media_id, attempt]);

  return (
    <li class="original">
      <div class="original__picture">
        <Photo picture={pictureOf(media)} ratio={1} fit="cover" sizes="72px" />
      </div>
      <div class="original__facts">
        <h3 class="original__name">{name}</h3>
        {problem !== null && (
          <>
            <p role="alert">
              <Icon of={FileX} size={16} /> {t('originals.failed')}. {problem}
            </p>
            <Button small onClick={() => setAttempt(attempt + 1)}>
              {t('try-again')}
            </Button>
          </>
        )}
        {problem === null && !original && <Skeleton width="60%" />}
        {problem === null && original && <Kept original={original} />}
      </div>
      {original && problem === null && (
        <DownloadButton postId={postId} mediaId={media.media_id} name={name} />
      )}
    </li>
  );
}

function Kept({ original }: { readonly original: Original }) {
  const { copies, checked_at, content_type, size } = original;
  const type = content_type.replace(/^(image|video)\//, '').toUpperCase();
  const checked = checked_at
    ? t('originals.checked', { date: dayOf(checked_at) })
    : t('originals.not-checked');
  return (
    <>
      <p class="quiet figures">
        {t('originals.file', { type, size: bytesText(size, locale.value) })}
      </p>
      {copies > 0 && (
        <p class="original__kept">
          <Icon of={HardDrive} size={16} />
          {t('originals.stored', { count: copies })}, {checked}
        </p>
      )}
      {copies === 1 && <p class="quiet">{t('originals.one-place')}</p>}
      {copies === 0 && <p class="original__lost">{t('originals.no-place')}</p>}
    </>
  );
}

/** Asks for a fresh address each time: they are good for five minutes. */
function DownloadButton(props: {
  readonly postId: PostId;
  readonly mediaId: MediaId;
  readonly name: string;
}) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const { url } = await askOriginal(props.postId, props.mediaId);
      const link = document.createElement('a');
      link.href = url;
      // The server names the file.
      link.download = '';
      link.click();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast({ text: `${t('originals.failed')}. ${error.message}` });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      small
      icon={Download}
      busy={busy}
      class="original__download"
      aria-label={t('originals.download-of', { what: props.name })}
      onClick={() => download().catch(reportError)}
    >
      {t('originals.download')}
    </Button>
  );
}

function dayOf(time: string): string {
  const at = new Date(time);
  const thisYear = at.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(locale.value, {
    day: 'numeric',
    month: 'long',
    ...(thisYear ? {} : { year: 'numeric' }),
  }).format(at);
}
