import { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';

/** Says what went wrong in a toast with a way to try again; what is no answer of ours goes on up. */
export function tell(error: unknown, text: (reason: string) => string, again: () => void): void {
  if (!(error instanceof ApiError)) throw error;
  // Someone whose session just ended is told so by the app.
  if (error.status === 401) return;
  toast({ text: text(error.message), action: { label: t('try-again'), run: again } });
}

/** Work that waits for its toast to go; done at once when the page is left. */
const later = new Set<() => void>();
if (typeof document !== 'undefined') {
  addEventListener('pagehide', () => {
    for (const work of later) work();
  });
}

/**
 * Shows that something is gone, with a way back; it happens when the toast has gone. Gives what lets it
 * happen at once, where something else builds on it.
 */
export function undoable(text: string, undo: () => void, work: () => void): () => void {
  const once = () => {
    if (later.delete(once)) work();
  };
  later.add(once);
  const takeAway = toast({
    text,
    action: {
      label: t('undo'),
      run: () => {
        if (later.delete(once)) undo();
      },
    },
    onGone: once,
  });
  return () => {
    takeAway();
    once();
  };
}
