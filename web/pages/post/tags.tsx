import './tags.css';
import { UserRound } from 'lucide';
import type { Tagged } from '../../../api/posts.ts';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { spotLook } from '../../ui/spot.ts';

interface TagsProps {
  readonly tagged: readonly Tagged[];
  readonly shown: boolean;
  readonly onShown: (shown: boolean) => void;
  /** Width by height of the picture and of the box in whose middle it stands. */
  readonly ratio: number;
  readonly box: number;
}

/** Who is tagged in a picture: out of the way until it is asked for. */
export function Tags({ tagged, shown, onShown, ratio, box }: TagsProps) {
  if (tagged.length === 0) return null;
  const inset =
    ratio > box
      ? { insetBlock: `${((1 - box / ratio) / 2) * 100}%`, insetInline: '0' }
      : { insetBlock: '0', insetInline: `${((1 - ratio / box) / 2) * 100}%` };
  return (
    <>
      {shown && (
        <ul class="tags" aria-label={t('tags.list')} style={inset}>
          {tagged.map((one) => {
            const { class: look, style } = spotLook(one);
            return (
              <li key={one.user_id} class={look} style={style}>
                <Link href={`/${one.username}`} class="spot__words">
                  <span class="spot__name ellipsis">{one.username}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
      <button
        type="button"
        class="tags__button"
        aria-label={t(shown ? 'tags.hide' : 'tags.show')}
        aria-expanded={shown}
        onClick={(event) => {
          event.stopPropagation();
          onShown(!shown);
        }}
        onDblClick={(event) => event.stopPropagation()}
      >
        <span>
          <Icon of={UserRound} size={16} filled />
        </span>
      </button>
    </>
  );
}
