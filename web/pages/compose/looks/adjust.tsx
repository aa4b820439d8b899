import type { Edit } from '../../../../api/looks.ts';
import type { PendingFile } from '../../../data/uploads/pending.ts';
import { t } from '../../../strings/strings.ts';
import { Button } from '../../../ui/button.tsx';
import { applyToAll, changeEdit } from './change-edit.ts';
import { Slide } from './slide.tsx';

const SLIDES = [
  ['brightness', -1],
  ['contrast', -1],
  ['saturation', -1],
  ['warmth', -1],
  ['vignette', 0],
] as const;

const REST: Edit = { brightness: 0, contrast: 0, saturation: 0, warmth: 0, vignette: 0 };

/** Five sliders; a double tap on one puts it back. */
export function Adjust({ file, several }: { file: PendingFile; several: boolean }) {
  const { edit = {} } = file;
  return (
    <div class="adjust">
      {SLIDES.map(([name, least]) => (
        <Slide
          key={name}
          label={t(`looks.${name}`)}
          value={edit[name] ?? 0}
          least={least}
          rest={0}
          onValue={(value) => changeEdit(file, { [name]: value })}
        />
      ))}
      <div class="adjust__foot">
        <Button
          kind="plain"
          small
          disabled={SLIDES.every(([name]) => !edit[name])}
          onClick={() => changeEdit(file, REST)}
        >
          {t('looks.reset')}
        </Button>
        {several && (
          <Button kind="plain" small onClick={() => applyToAll(file)}>
            {t('looks.all')}
          </Button>
        )}
      </div>
    </div>
  );
}
