import { useEffect, useRef } from 'preact/hooks';
import { LOOKS } from '../../../../api/limits.ts';
import type { Look } from '../../../../api/looks.ts';
import type { Crop } from '../../../../api/new-media.ts';
import { type Aspect, cropOf } from '../../../data/uploads/crop.ts';
import { paint } from '../../../data/uploads/looks/paint.ts';
import type { PendingFile } from '../../../data/uploads/pending.ts';
import { t } from '../../../strings/strings.ts';
import { Button } from '../../../ui/button.tsx';
import { applyToAll, changeEdit, dropLook } from './change-edit.ts';
import { Slide } from './slide.tsx';
import { fit, useBitmap, WHOLE } from './use-painted.ts';

interface ChooseLookProps {
  readonly file: PendingFile;
  readonly aspect: Aspect;
  readonly several: boolean;
}

const CHOICES: readonly (Look | null)[] = [null, ...LOOKS];
/** CSS pixels of a sample. */
const SIDE = 76;

/** All looks as this very picture wears them, and how much of the chosen one. */
export function ChooseLook({ file, aspect, several }: ChooseLookProps) {
  const { edit = {} } = file;
  const row = useRef<HTMLDivElement>(null);
  const strength = useRef<HTMLDivElement>(null);
  useSamples(row, file, aspect);
  const chosen = edit.look ?? null;

  useEffect(() => {
    row.current
      ?.querySelector('.looks__look:has(:checked)')
      ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [chosen, file.id]);

  const choose = (look: Look | null) => {
    if (look === null) dropLook(file);
    else changeEdit(file, { look, strength: 1 });
  };
  return (
    <div class="looks">
      <div ref={row} class="looks__row" role="radiogroup" aria-label={t('looks.choose')}>
        {CHOICES.map((look) => (
          <label key={look} class="looks__look">
            <input
              type="radio"
              name="look"
              class="looks__input"
              checked={look === chosen}
              onChange={() => choose(look)}
              // A second tap leads to its strength.
              onClick={() => look === chosen && strength.current?.querySelector('input')?.focus()}
            />
            <canvas class="looks__sample" />
            <span class="looks__name">{t(`looks.${look ?? 'none'}`)}</span>
          </label>
        ))}
      </div>
      <div ref={strength} class="looks__foot">
        {chosen ? (
          <Slide
            label={t('looks.strength')}
            value={edit.strength ?? 1}
            least={0}
            rest={1}
            // At nought the look stays chosen, so that it can be brought back.
            onValue={(value) => changeEdit(file, { strength: Math.max(0.01, value) })}
          />
        ) : (
          <span />
        )}
        {several && (
          <Button kind="plain" small onClick={() => applyToAll(file)}>
            {t('looks.all')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Paints the samples one a frame, so that the page answers meanwhile: each costs some 10 ms. */
function useSamples(
  row: { readonly current: HTMLDivElement | null },
  file: PendingFile,
  aspect: Aspect,
): void {
  const picture = useBitmap(file.id);
  const crop = cropOf(file.framing, aspect, file) ?? WHOLE;
  const { look: _, strength: __, vignette: ___, ...adjusted } = file.edit ?? {};
  const wish = JSON.stringify([crop, adjusted]);
  useEffect(() => {
    if (!picture) return;
    const part = middleOf(crop, picture);
    let next = 0;
    let frame = requestAnimationFrame(function draw() {
      const canvas = row.current?.querySelectorAll('canvas')[next];
      const look = CHOICES[next];
      if (!canvas || look === undefined) return;
      const side = Math.round(SIDE * Math.min(2, devicePixelRatio));
      fit(canvas, side, side);
      const edit = look ? { ...adjusted, look } : adjusted;
      paint(canvas, { picture, part, frame: part, edit });
      next += 1;
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [picture, wish]);
}

/** The largest square in the middle of a part of a picture. */
function middleOf(part: Crop, picture: ImageBitmap): Crop {
  const side = Math.min(part.width * picture.width, part.height * picture.height);
  const [width, height] = [side / picture.width, side / picture.height];
  return {
    x: part.x + (part.width - width) / 2,
    y: part.y + (part.height - height) / 2,
    width,
    height,
  };
}
