import { useEffect, useState } from 'preact/hooks';
import type { Edit } from '../../../api/looks.ts';
import { isPlain } from '../../../api/looks-edits.ts';
import type { Crop } from '../../../api/new-media.ts';
import { type Aspect, cropOf } from './crop.ts';
import type { PendingFile } from './pending.ts';
import { usePreview } from './previews.ts';

/** Milliseconds without a change before copies are drawn: a moving slider would draw them in vain. */
const REST = 180;

/**
 * The address of the small copy of a chosen picture, as its edit makes it; null until it is there. What was
 * shown before a change stays until the next copy is drawn.
 */
export function useEdited(file: PendingFile, aspect: Aspect): string | null {
  const preview = usePreview(file.id);
  const edit = file.edit && !isPlain(file.edit) ? file.edit : null;
  // Only a vignette knows of the crop.
  const frame = edit?.vignette ? cropOf(file.framing, aspect, file) : null;
  const wish = edit && JSON.stringify([file.id, edit, frame]);
  const [drawn, setDrawn] = useState<{ readonly of: string; readonly url: string } | null>(null);

  useEffect(() => {
    if (wish === null) return setDrawn(null);
    let wanted = true;
    const draw = async () => {
      const [id, edit, frame] = JSON.parse(wish) as [string, Edit, Crop | null];
      const { drawEdited } = await import('./looks/draw-edited.ts');
      const blob = wanted ? await drawEdited(id, edit, frame) : null;
      if (wanted && blob) setDrawn({ of: id, url: URL.createObjectURL(blob) });
    };
    const timer = setTimeout(() => draw().catch(reportError), drawn ? REST : 0);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [wish]);

  const url = drawn?.url;
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  if (!edit) return preview;
  return drawn?.of === file.id ? drawn.url : preview;
}
