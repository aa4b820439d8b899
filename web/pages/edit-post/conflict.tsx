import { useEffect, useRef } from 'preact/hooks';
import type { Media } from '../../../api/media.ts';
import type { Place } from '../../../api/places.ts';
import type { Audience } from '../../../api/posts.ts';
import type { Spot } from '../../data/uploads/details.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { type Field, type Fields, inField } from './fields.ts';

interface ConflictProps {
  readonly theirs: Fields;
  /** What both have changed, and still stands differently here. */
  readonly fields: readonly Field[];
  /** Something of the kind was there to begin with. */
  readonly settled: boolean;
  readonly media: readonly Media[];
  readonly onTake: (field: Field) => void;
}

/** The post was changed meanwhile: what it says now beside what was written here. */
export function Conflict({ theirs, fields, settled, media, onTake }: ConflictProps) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), [theirs]);
  const text =
    fields.length > 0 ? t('edit-post.conflict-text') : settled ? '' : t('edit-post.conflict-none');
  return (
    <section ref={box} class="conflict" tabIndex={-1} aria-labelledby="conflict" role="alert">
      <h2 id="conflict">{t('edit-post.conflict')}</h2>
      <p>{text || t('edit-post.taken')}</p>
      <dl class="conflict__fields">
        {fields.map((field) => (
          <div key={field} class="conflict__field">
            <dt>{nameOf(field, media)}</dt>
            <dd>
              <span class="quiet">{t('edit-post.theirs')}: </span>
              <bdi class="conflict__value">{wordsOf(field, theirs) || t('edit-post.nothing')}</bdi>
            </dd>
            <dd>
              <Button
                small
                aria-label={t('edit-post.take-of', { field: nameOf(field, media) })}
                onClick={() => onTake(field)}
              >
                {t('edit-post.take')}
              </Button>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function nameOf(field: Field, media: readonly Media[]): string {
  const [name = '', id] = field.split(':');
  const number = media.findIndex(({ media_id }) => media_id === id) + 1;
  switch (name) {
    case 'caption':
      return t('edit-post.caption');
    case 'place':
      return t('where.label');
    case 'audience':
      return t('audience.label');
    case 'likes':
      return t('advanced.likes');
    case 'comments':
      return t('advanced.comments');
    case 'alts':
      return t('edit-post.alt-of', { number });
    default:
      return `${t('edit-post.tags')}, ${t('tagging.photo', { number, count: media.length })}`;
  }
}

function wordsOf(field: Field, fields: Fields): string {
  const value = inField(fields, field);
  const [name] = field.split(':');
  if (name === 'place') return (value as Place | null)?.name ?? '';
  if (name === 'audience') return t(`audience.${value as Audience}`);
  if (name === 'tags') return (value as Spot[]).map(({ username }) => `@${username}`).join(', ');
  if (typeof value === 'boolean') return t(value ? 'edit-post.on' : 'edit-post.off');
  return String(value);
}
