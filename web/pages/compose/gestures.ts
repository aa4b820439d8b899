export interface Gestures {
  /** The picture went right and down by these fractions of the frame. */
  readonly onMove: (dx: number, dy: number) => void;
  /** Larger by `factor`, around this point of the frame (fractions). */
  readonly onZoom: (factor: number, x: number, y: number) => void;
  /** A finger or the mouse holds the picture, or has let it go. */
  readonly onHeld: (held: boolean) => void;
}

/** One notch of a wheel zooms by about an eighth. */
const WHEEL = 0.0012;
const WHEEL_LINE_PIXELS = 16;
/** Milliseconds after the last turn of the wheel when the gesture counts as over. */
const WHEEL_REST = 250;

/**
 * Hears drag, pinch and wheel on a frame. Gives the function that ends it. The frame needs
 * `touch-action: none`.
 */
export function followGestures(frame: HTMLElement, gestures: Gestures): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let rest: ReturnType<typeof setTimeout> | undefined;

  const onDown = (event: PointerEvent) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (fingers.size >= 2) return;
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    gestures.onHeld(true);
  };

  const onMove = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const box = frame.getBoundingClientRect();
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    // With two fingers the middle between them moves half as far as either.
    const share = other ? 0.5 : 1;
    gestures.onMove(
      ((now.x - before.x) * share) / box.width,
      ((now.y - before.y) * share) / box.height,
    );
    if (other) {
      const apart = (point: { x: number; y: number }) =>
        Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      const x = ((now.x + other.x) / 2 - box.left) / box.width;
      const y = ((now.y + other.y) / 2 - box.top) / box.height;
      gestures.onZoom(apart(now) / apart(before), x, y);
    }
    fingers.set(event.pointerId, now);
  };

  const onUp = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (fingers.size === 0) gestures.onHeld(false);
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PIXELS : 1;
    // A pinch on a trackpad comes as a wheel with ctrl, in smaller steps.
    const pace = event.ctrlKey ? WHEEL * 8 : WHEEL;
    gestures.onZoom(
      Math.exp(-event.deltaY * lines * pace),
      (event.clientX - box.left) / box.width,
      (event.clientY - box.top) / box.height,
    );
    gestures.onHeld(true);
    clearTimeout(rest);
    rest = setTimeout(() => gestures.onHeld(fingers.size > 0), WHEEL_REST);
  };

  frame.addEventListener('pointerdown', onDown);
  frame.addEventListener('pointermove', onMove);
  frame.addEventListener('pointerup', onUp);
  frame.addEventListener('pointercancel', onUp);
  // Not passive: the page must not scroll or zoom below the picture.
  frame.addEventListener('wheel', onWheel, { passive: false });
  return () => {
    clearTimeout(rest);
    frame.removeEventListener('pointerdown', onDown);
    frame.removeEventListener('pointermove', onMove);
    frame.removeEventListener('pointerup', onUp);
    frame.removeEventListener('pointercancel', onUp);
    frame.removeEventListener('wheel', onWheel);
  };
}
