import './looks.css';
import { SquareSplitHorizontal } from 'lucide';
import { useState } from 'preact/hooks';
import { type Aspect, cropOf, frameRatio } from '../../../data/uploads/crop.ts';
import type { PendingFile } from '../../../data/uploads/pending.ts';
import { t } from '../../../strings/strings.ts';
import { IconButton } from '../../../ui/button.tsx';
import { useBitmap, usePainted } from './use-painted.ts';

export interface LookViewProps {
  readonly file: PendingFile;
  readonly aspect: Aspect;
  readonly number: number;
}

/** The picture as the post will show it; held, as it was. */
export function LookView({ file, aspect, number }: LookViewProps) {
  const [held, setHeld] = useState(false);
  const [kept, setKept] = useState(false);
  const original = held || kept;
  const picture = useBitmap(file.id);
  const crop = cropOf(file.framing, aspect, file);
  const canvas = usePainted(picture, crop, original ? {} : (file.edit ?? {}));
  return (
    <div class="stage">
      <div class="stage__room" style={{ '--ratio': frameRatio(aspect, file) }}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below does it for keys. */}
        <div
          class="stage__frame look-view"
          onPointerDown={(event) => {
            if (event.button !== 0 || (event.target as Element).closest('button')) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setHeld(true);
          }}
          onPointerUp={() => setHeld(false)}
          onPointerCancel={() => setHeld(false)}
          onContextMenu={(event) => event.preventDefault()}
        >
          <canvas
            ref={canvas}
            class="look-view__picture"
            role="img"
            aria-label={t('looks.picture', { number })}
          />
          {original && <span class="look-view__note">{t('looks.none')}</span>}
          <IconButton
            icon={SquareSplitHorizontal}
            iconSize={20}
            class="look-view__compare"
            label={t('looks.original')}
            aria-pressed={kept}
            onClick={() => setKept(!kept)}
          />
        </div>
      </div>
    </div>
  );
}
