import { useEffect, useRef, useState } from 'preact/hooks';
import type { Edit } from '../../../../api/looks.ts';
import type { Crop } from '../../../../api/new-media.ts';
import { bitmapOf } from '../../../data/uploads/looks/bitmaps.ts';
import { paint } from '../../../data/uploads/looks/paint.ts';

/** Milliseconds between two changes that belong to one movement. */
const MOVING = 200;
export const WHOLE: Crop = { x: 0, y: 0, width: 1, height: 1 };

/** The small copy of a chosen picture, decoded; null until it is. */
export function useBitmap(fileId: string): ImageBitmap | null {
  const [found, setFound] = useState<{ id: string; picture: ImageBitmap | null } | null>(null);
  useEffect(() => {
    let wanted = true;
    bitmapOf(fileId)
      .then((picture) => wanted && setFound({ id: fileId, picture }))
      .catch(reportError);
    return () => {
      wanted = false;
    };
  }, [fileId]);
  return found?.id === fileId ? found.picture : null;
}

/**
 * Keeps a canvas painted with the part of a picture that the post will show, as sharp as the screen needs.
 * Once a frame at most; roughly while changes follow each other, exactly when they rest.
 */
export function usePainted(picture: ImageBitmap | null, crop: Crop | null, edit: Edit) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const changedAt = useRef(0);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setWidth(Math.round(element.clientWidth * devicePixelRatio)),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const part = crop ?? WHOLE;
  const wish = JSON.stringify([part, edit]);
  useEffect(() => {
    const element = canvas.current;
    if (!element || !picture || width === 0) return;
    const [across, down] = [part.width * picture.width, part.height * picture.height];
    const scale = Math.min(1, width / across);
    const draw = (rough: boolean) => {
      fit(element, Math.round(across * scale), Math.round(down * scale));
      paint(element, { picture, part, frame: part, edit, rough });
      element.ariaBusy = String(rough);
    };
    element.ariaBusy = 'true';
    const now = performance.now();
    const rough = now - changedAt.current < MOVING;
    changedAt.current = now;
    const frame = requestAnimationFrame(() => draw(rough));
    const rest = rough ? setTimeout(() => draw(false), MOVING) : undefined;
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(rest);
    };
  }, [picture, width, wish]);
  return canvas;
}

/** Another size empties a canvas, so it is set only where it is another. */
export function fit(canvas: HTMLCanvasElement, width: number, height: number): void {
  const [across, down] = [Math.max(1, width), Math.max(1, height)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
}
