import './strip.css';
import { ChevronLeft, ChevronRight, Plus, Trash2 } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { MEDIA_PER_POST_MAX } from '../../../api/limits.ts';
import type { Aspect } from '../../data/uploads/crop.ts';
import {
  inOrder,
  isVideo,
  moved,
  type PendingFile,
  type PendingPost,
} from '../../data/uploads/pending.ts';
import { moving, removeFile } from '../../data/uploads/pending-posts.ts';
import { SmallPreview } from '../../data/uploads/preview.tsx';
import { t } from '../../strings/strings.ts';
import { IconButton } from '../../ui/button.tsx';
import { durationText } from '../../ui/duration.ts';
import { Icon } from '../../ui/icon.tsx';
import { FileButton } from './choose.tsx';
import { edit, reading, save, select, selected, selectNeighbour } from './drafting.ts';
import { followDrag } from './drag.ts';

/** The pictures in their order: choose one to look at, drag or press keys to move it. */
export function Strip({ post }: { readonly post: PendingPost }) {
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  const ids = post.files.map((file) => file.id);
  const now = selected.value?.id ?? ids[0] ?? '';
  const at = ids.indexOf(now);
  const count = ids.length;

  const reorder = (order: readonly string[], id: string) => {
    // The one that moves stays the one that is looked at.
    select(id);
    edit('order', (draft) => inOrder(draft, order));
    save().catch(reportError);
    setSaid(t('compose.moved', { number: order.indexOf(id) + 1, count }));
  };
  const step = (id: string, by: number) => reorder(moved(ids, id, by), id);
  const remove = () => {
    selectNeighbour(now);
    removeFile(post.id, now).catch(reportError);
  };

  const latest = useRef({ ids, reorder });
  latest.current = { ids, reorder };
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    return followDrag(element, (id, to) => {
      const { ids, reorder } = latest.current;
      reorder(moved(ids, id, to - ids.indexOf(id)), id);
    });
  }, []);

  return (
    <div class="strip">
      <div class="strip__row">
        <ol ref={list} class="strip__list" aria-label={t('compose.photos')}>
          {post.files.map((file, index) => (
            <li key={file.id} class="strip__item" data-id={file.id}>
              <Thumb
                file={file}
                aspect={post.aspect}
                number={index + 1}
                count={count}
                chosen={file.id === now}
                onStep={(by) => step(file.id, by)}
                onRemove={remove}
              />
            </li>
          ))}
          {count < MEDIA_PER_POST_MAX && (
            <li>
              <FileButton class="strip__add" label={t('compose.add')}>
                {reading.value > 0 ? <span class="strip__busy" /> : <Icon of={Plus} />}
              </FileButton>
            </li>
          )}
        </ol>
      </div>
      <div class="strip__tools">
        <span class="quiet figures">{nameOf(post.files[at], at + 1, count)}</span>
        {count > 1 && (
          <>
            <IconButton
              icon={ChevronLeft}
              directed
              label={t('compose.earlier')}
              disabled={at <= 0}
              onClick={() => step(now, -1)}
            />
            <IconButton
              icon={ChevronRight}
              directed
              label={t('compose.later')}
              disabled={at >= count - 1}
              onClick={() => step(now, 1)}
            />
          </>
        )}
        <IconButton icon={Trash2} iconSize={20} label={t('compose.remove')} onClick={remove} />
      </div>
      <p class="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}

function nameOf(file: PendingFile | undefined, number: number, count: number): string {
  const video = file !== undefined && isVideo(file);
  if (count === 1) return t(video ? 'compose.video-alone' : 'compose.photo-alone');
  return t(video ? 'compose.video' : 'compose.photo', { number, count });
}

interface ThumbProps {
  readonly file: PendingFile;
  readonly aspect: Aspect;
  readonly number: number;
  readonly count: number;
  readonly chosen: boolean;
  readonly onStep: (by: number) => void;
  readonly onRemove: () => void;
}

function Thumb({ file, aspect, number, count, chosen, onStep, onRemove }: ThumbProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Delete') {
      event.preventDefault();
      onRemove();
    }
    if (!event.shiftKey || !/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    const rtl = getComputedStyle(event.currentTarget as Element).direction === 'rtl';
    onStep((event.key === 'ArrowRight') === rtl ? -1 : 1);
  };
  const name = t(isVideo(file) ? 'compose.video' : 'compose.photo', { number, count });
  const sent = file.sent ? 1 : (moving.value.get(file.id) ?? 0) / file.size;
  return (
    <button
      type="button"
      class="strip__thumb"
      aria-label={file.duration === undefined ? name : `${name}, ${durationText(file.duration)}`}
      aria-current={chosen ? 'true' : undefined}
      title={count > 1 ? t('compose.reorder-hint') : undefined}
      onClick={() => select(file.id)}
      onFocus={() => select(file.id)}
      onKeyDown={onKeyDown}
    >
      <SmallPreview file={file} aspect={aspect} />
      {sent < 1 && (
        <span class="strip__sent" aria-hidden="true">
          <span style={{ inlineSize: `${sent * 100}%` }} />
        </span>
      )}
    </button>
  );
}
