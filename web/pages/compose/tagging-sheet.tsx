import { ChevronLeft, ChevronRight, Move, X } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import { TAGGED_PER_POST_MAX } from '../../../api/limits.ts';
import type { Spot } from '../../data/uploads/details.ts';
import { t } from '../../strings/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { PersonField } from './person-field.tsx';
import { type At, Spots } from './spots.tsx';
import type { TaggingProps } from './taggable.ts';

const MIDDLE: At = { x: 0.5, y: 0.5 };

/** Where people are put on spots of the pictures: spot first or person first, by hand or by keys. */
export function TaggingSheet(props: TaggingProps & { readonly onClose: () => void }) {
  const { pictures, onTagged, onClose } = props;
  const [now, setNow] = useState(props.start ?? pictures[0]?.id);
  const [aim, setAim] = useState<At | null>(null);
  const [said, setSaid] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const index = Math.max(
    0,
    pictures.findIndex(({ id }) => id === now),
  );
  const picture = pictures[index];
  if (!picture) return null;
  const { id, tagged } = picture;
  const count = pictures.reduce((sum, one) => sum + one.tagged.length, 0);

  const focusSpot = (username: string) =>
    requestAnimationFrame(() =>
      stage.current?.querySelector<HTMLElement>(`[data-name="${CSS.escape(username)}"]`)?.focus(),
    );
  const add = (username: string) => {
    const others = tagged.filter((spot) => spot.username !== username);
    onTagged(id, [...others, { username, ...(aim ?? MIDDLE) }]);
    setAim(null);
    setSaid(t('tagging.added', { username }));
    focusSpot(username);
  };
  const move = (username: string, { x, y }: At) => {
    onTagged(
      id,
      tagged.map((spot) => (spot.username === username ? { username, x, y } : spot)),
    );
    const percent = (part: number) => String(Math.round(part * 100));
    setSaid(t('tagging.moved', { username, x: percent(x), y: percent(y) }));
  };
  const remove = (username: string) => {
    onTagged(
      id,
      tagged.filter((spot) => spot.username !== username),
    );
    setSaid(t('tagging.removed', { username }));
    field.current?.focus();
  };
  const turn = (by: number) => {
    setAim(null);
    setNow(pictures[index + by]?.id);
  };

  return (
    <Sheet
      title={t('tagging.title')}
      onClose={onClose}
      footer={
        <Button kind="primary" wide onClick={onClose}>
          {t('tagging.done')}
        </Button>
      }
    >
      <div class="tagging-sheet">
        {pictures.length > 1 && (
          <div class="tagging-sheet__turn">
            <IconButton
              icon={ChevronLeft}
              directed
              label={t('carousel.previous')}
              disabled={index === 0}
              onClick={() => turn(-1)}
            />
            <span class="figures">
              {t('tagging.photo', { number: index + 1, count: pictures.length })}
            </span>
            <IconButton
              icon={ChevronRight}
              directed
              label={t('carousel.next')}
              disabled={index === pictures.length - 1}
              onClick={() => turn(1)}
            />
          </div>
        )}
        <Spots
          key={id}
          picture={picture}
          aim={aim}
          stageRef={stage}
          onAim={(at) => {
            setAim(at);
            field.current?.focus();
          }}
          onMove={move}
          onRemove={remove}
        />
        <div class="tagging-sheet__who">
          {count < TAGGED_PER_POST_MAX ? (
            <PersonField inputRef={field} onPerson={add} />
          ) : (
            <p>{t('tagging.full', { count: TAGGED_PER_POST_MAX })}</p>
          )}
        </div>
        <TaggedHere tagged={tagged} onMove={focusSpot} onRemove={remove} />
        <p class="visually-hidden" role="status">
          {said}
        </p>
      </div>
    </Sheet>
  );
}

interface TaggedHereProps {
  readonly tagged: readonly Spot[];
  readonly onMove: (username: string) => void;
  readonly onRemove: (username: string) => void;
}

function TaggedHere({ tagged, onMove, onRemove }: TaggedHereProps) {
  if (tagged.length === 0) return null;
  return (
    <section aria-labelledby="tagged-here">
      <h3 id="tagged-here" class="tagging-sheet__title">
        {t('tagging.tagged')}
      </h3>
      <ul>
        {tagged.map(({ username }) => (
          <li key={username} class="tagging-sheet__one">
            <span class="ellipsis">{username}</span>
            <IconButton
              icon={Move}
              iconSize={20}
              label={t('tagging.move', { username })}
              onClick={() => onMove(username)}
            />
            <IconButton
              icon={X}
              iconSize={20}
              label={t('tagging.remove', { username })}
              onClick={() => onRemove(username)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
