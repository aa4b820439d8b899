import './tagging.css';
import { UserRoundPlus } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import type { TaggingProps } from './taggable.ts';
import { TaggingSheet } from './tagging-sheet.tsx';

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
