import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { RichText } from '../../data/rich-text.tsx';
import { t } from '../../strings/strings.ts';
import { Name } from './name.tsx';

interface CaptionProps {
  readonly post: Post;
  /** Show all of it from the start. */
  readonly whole?: boolean | undefined;
}

/** What the author wrote: two lines, and the rest when asked for. */
export function Caption({ post, whole = false }: CaptionProps) {
  const [open, setOpen] = useState(whole);
  const [cut, setCut] = useState(false);
  const text = useRef<HTMLParagraphElement>(null);

  useLayoutEffect(() => {
    const element = text.current;
    if (element && !open) setCut(element.scrollHeight > element.clientHeight + 2);
  }, [post.caption, open]);

  if (post.caption === '') return null;
  return (
    <div class="caption">
      <p ref={text} class={`caption__text${open ? '' : ' caption__text--cut'}`} dir="auto">
        <bdi>
          <Name user={post.user} bare />
        </bdi>{' '}
        <RichText text={post.caption} mentions={post.mentions} bare />
      </p>
      {cut && !open && (
        <button type="button" class="quiet-button" onClick={() => setOpen(true)}>
          {t('post.more')}
        </button>
      )}
    </div>
  );
}
