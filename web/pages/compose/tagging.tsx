import './tagging.css';
import { UserRoundPlus } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Spot } from '../../data/uploads/details.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { TaggingSheet } from './tagging-sheet.tsx';

/** A picture on which people can be tagged. */
export interface Taggable {
  readonly id: string;
  /** Width by height of the picture as it is shown. */
  readonly ratio: number;
  readonly picture: ComponentChildren;
  /** By spots of the picture as it is shown. */
  readonly tagged: readonly Spot[];
}

export interface TaggingProps {
  readonly pictures: readonly Taggable[];
  /** The picture to begin with. */
  readonly start?: string | undefined;
  readonly onTagged: (pictureId: string, tagged: readonly Spot[]) => void;
}

/** How many are tagged, and the way to the sheet where they are. */
export function Tagging(props: TaggingProps) {
  const [open, setOpen] = useState(false);
  const names = new Set(
    props.pictures.flatMap(({ tagged }) => tagged.map(({ username }) => username)),
  );
  return (
    <div class="tagging">
      <Button icon={UserRoundPlus} onClick={() => setOpen(true)}>
        {t('tagging.do')}
      </Button>
      {names.size > 0 && (
        <p class="quiet">
          {t('tagging.count', { count: names.size })}:{' '}
          <bdi>{[...names].map((name) => `@${name}`).join(', ')}</bdi>
        </p>
      )}
      {open && <TaggingSheet {...props} onClose={() => setOpen(false)} />}
    </div>
  );
}
