import { Bookmark } from 'lucide';
import { useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { needsMe } from './acts.ts';
import { save } from './save-acts.ts';

/** Saves a post at a tap; of one that is saved, it opens where it is kept. */
export function SaveButton({ post }: { readonly post: Post }) {
  const [open, setOpen] = useState(false);
  const { saved } = post.viewer;
  const choose = () => setOpen(true);
  return (
    <>
      <IconButton
        class={`actions__save${saved ? ' actions__save--on' : ''}`}
        icon={Bookmark}
        filled={saved}
        label={saved ? t('save.done') : t('save.do')}
        aria-haspopup={saved ? 'dialog' : undefined}
        onClick={() => {
          if (!needsMe()) return;
          if (saved) choose();
          else save(post.post_id, choose);
        }}
      />
      {open && (
        <Lazy
          load={() => import('./save-sheet.tsx').then((code) => code.SaveSheet)}
          props={{ postId: post.post_id, onClose: () => setOpen(false) }}
        />
      )}
    </>
  );
}
