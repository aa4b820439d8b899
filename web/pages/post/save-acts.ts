import { hideSave, savePost, unsavePost } from '../../data/saves.ts';
import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { tell, undoable } from './undo.ts';

/** Saves a post, and offers to choose collections for it. */
export function save(id: string, choose: () => void): void {
  savePost(id, null).then(
    () => toast({ text: t('save.saved'), action: { label: t('save.choose'), run: choose } }),
    (error: unknown) =>
      tell(
        error,
        (reason) => t('save.failed', { reason }),
        () => save(id, choose),
      ),
  );
}

/** Lets a saved post go: at once here, and on the server when nobody asked for it back. */
export function unsave(id: string): void {
  const putBack = hideSave(id);
  undoable(t('save.removed'), putBack, () => {
    unsavePost(id).catch((error: unknown) => {
      putBack();
      tell(
        error,
        (reason) => t('save.remove-failed', { reason }),
        () => unsave(id),
      );
    });
  });
}
