/** Milliseconds after which a press is a hold. */
const HOLD_MS = 300;

/** Tells holding from tapping. What follows a hold is no tap any more: `wasHeld` says so, once. */
export function followHold() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let held = false;
  let after = false;
  const gesture = {
    onHold: (_held: boolean): void => undefined,
    wasHeld(): boolean {
      const was = after;
      after = false;
      return was;
    },
    listeners: {
      onPointerDown(event: PointerEvent) {
        after = false;
        if (event.button !== 0) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          held = true;
          gesture.onHold(true);
        }, HOLD_MS);
      },
      onPointerUp: () => end(),
      onPointerCancel: () => end(),
      onPointerLeave: () => end(),
      // A finger that rests is no wish for the menu of the browser.
      onContextMenu(event: Event) {
        if (held) event.preventDefault();
      },
    },
  };
  const end = () => {
    clearTimeout(timer);
    if (!held) return;
    held = false;
    after = true;
    gesture.onHold(false);
  };
  return gesture;
}
