import { repost, unrepost } from '../../data/reposts.ts';
import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { tell } from './undo.ts';

/** Reposts a post, with a way back. */
export function doRepost(id: string, caption: string): void {
  repost(id, caption).then(
    () =>
      toast({ text: t('repost.done'), action: { label: t('undo'), run: () => undoRepost(id) } }),
    (error: unknown) =>
      tell(
        error,
        (reason) => t('repost.failed', { reason }),
        () => doRepost(id, caption),
      ),
  );
}

/** Takes one's repost back. */
export function undoRepost(id: string): void {
  unrepost(id).then(
    () => toast({ text: t('repost.undone') }),
    (error: unknown) =>
      tell(
        error,
        (reason) => t('repost.undo-failed', { reason }),
        () => undoRepost(id),
      ),
  );
}
