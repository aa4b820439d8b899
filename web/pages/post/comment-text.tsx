import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ShownComment } from '../../data/comments.ts';
import { RichText } from '../../data/rich-text.tsx';
import { t } from '../../strings/strings.ts';
import { Name } from './name.tsx';

/** Who said it and what; of a long text the first lines, and the rest when asked for. */
export function CommentText({ comment }: { readonly comment: ShownComment }) {
  const [open, setOpen] = useState(false);
  const [cut, setCut] = useState(false);
  const text = useRef<HTMLParagraphElement>(null);

  useLayoutEffect(() => {
    const element = text.current;
    if (element && !open) setCut(element.scrollHeight > element.clientHeight + 2);
  }, [comment.text, open]);

  return (
    <>
      <p ref={text} class={`comment__text${open ? '' : ' comment__text--cut'}`} dir="auto">
        {/* Set apart, so that the words alone say which way the line runs. */}
        <bdi>
          <Name user={comment.user} />
        </bdi>{' '}
        <RichText text={comment.text} mentions={comment.mentions} bare />
      </p>
      {cut && !open && (
        <button type="button" class="quiet-button" onClick={() => setOpen(true)}>
          {t('comments.more')}
        </button>
      )}
    </>
  );
}
