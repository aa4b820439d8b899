import './share-sheet.css';
import { useState } from 'preact/hooks';
import { CAPTION_MAX } from '../../../api/limits.ts';
import type { Post } from '../../../api/posts.ts';
import { pictureOf } from '../../data/pictures.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Photo } from '../../ui/photo.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { doRepost } from './repost-acts.ts';

interface RepostFormProps {
  readonly post: Post;
  readonly onClose: () => void;
}

/** Words of one's own for a repost; none are needed. */
export function RepostForm({ post, onClose }: RepostFormProps) {
  const [caption, setCaption] = useState('');
  const [media] = post.media;
  return (
    <Sheet
      title={t('repost.title')}
      onClose={onClose}
      footer={
        <Button
          kind="primary"
          wide
          onClick={() => {
            onClose();
            doRepost(post.post_id, caption.trim());
          }}
        >
          {t('repost.do')}
        </Button>
      }
    >
      <div class="repost-form">
        <div class="repost-form__what">
          {media && (
            <div class="repost-form__photo">
              <Photo
                picture={{ ...pictureOf(media), alt: '' }}
                sizes="64px"
                ratio={1}
                fit="cover"
              />
            </div>
          )}
          <p>{t('repost.text', { name: post.user.full_name || post.user.username })}</p>
        </div>
        <TextArea
          label={t('repost.caption')}
          value={caption}
          onValue={setCaption}
          limit={CAPTION_MAX}
          maxLength={CAPTION_MAX}
          rows={2}
        />
      </div>
    </Sheet>
  );
}
