import './edit-sheet.css';
import { useState } from 'preact/hooks';
import { ALT_MAX, CAPTION_MAX } from '../../../api/limits.ts';
import type { Post } from '../../../api/posts.ts';
import { ApiError } from '../../data/client.ts';
import { pictureOf } from '../../data/pictures.ts';
import { editPost } from '../../data/posts.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Photo } from '../../ui/photo.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextArea } from '../../ui/text-area.tsx';

interface EditSheetProps {
  readonly post: Post;
  readonly onClose: () => void;
}

/** Changes the words of one's own post: its caption, and what each photo shows. */
export function EditSheet({ post, onClose }: EditSheetProps) {
  const [caption, setCaption] = useState(post.caption);
  const [alts, setAlts] = useState(() => post.media.map((media) => media.alt));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);

  async function save(): Promise<void> {
    const media = post.media.flatMap((own, index) => {
      const alt = alts[index] ?? '';
      return alt === own.alt ? [] : [{ media_id: own.media_id, alt }];
    });
    if (caption === post.caption && media.length === 0) return onClose();
    setBusy(true);
    setWrong(null);
    try {
      await editPost(post.post_id, {
        ...(caption === post.caption ? {} : { caption }),
        ...(media.length === 0 ? {} : { media }),
      });
      onClose();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.message);
      setBusy(false);
    }
  }

  return (
    <Sheet
      title={t('edit.title')}
      onClose={onClose}
      footer={
        <Button kind="primary" wide busy={busy} onClick={() => void save()}>
          {t('save')}
        </Button>
      }
    >
      <div class="edit-post">
        <TextArea
          label={t('edit.caption')}
          value={caption}
          onValue={setCaption}
          limit={CAPTION_MAX}
          maxLength={CAPTION_MAX}
          rows={3}
        />
        {post.media.map((media, index) => (
          <div key={media.media_id} class="edit-post__photo">
            <div class="edit-post__preview">
              <Photo
                picture={{ ...pictureOf(media), alt: '' }}
                sizes="64px"
                ratio={1}
                fit="cover"
              />
            </div>
            <TextArea
              label={
                post.media.length === 1 ? t('edit.alt') : t('edit.alt-of', { index: index + 1 })
              }
              hint={index === 0 ? t('edit.alt-hint') : undefined}
              value={alts[index] ?? ''}
              onValue={(value) => setAlts(alts.map((alt, at) => (at === index ? value : alt)))}
              limit={ALT_MAX}
              maxLength={ALT_MAX}
            />
          </div>
        ))}
        {wrong && (
          <p class="edit-post__wrong" role="alert">
            {wrong}
          </p>
        )}
      </div>
    </Sheet>
  );
}
