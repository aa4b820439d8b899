import type { Edit } from '../../../../api/looks.ts';
import { tidyEdit } from '../../../../api/looks-edits.ts';
import { changeFile, type PendingFile, type PendingPost } from '../../../data/uploads/pending.ts';
import { t } from '../../../strings/strings.ts';
import { toast } from '../../../ui/toast.tsx';
import { current, edit } from '../drafting.ts';

/** Films have no looks yet. */
export const isPicture = (file: PendingFile) => file.type.startsWith('image/');

/** Changes some of how a picture is edited; the rest stays. */
export function changeEdit(file: PendingFile, change: Edit): void {
  const next = tidyEdit({ ...file.edit, ...change });
  // Whole, not merged later: of two changes that are not kept yet only the second one stays.
  edit(`edit ${file.id}`, (now) => changeFile(now, file.id, { edit: next }));
}

/** Takes the look off, its strength with it. */
export function dropLook(file: PendingFile): void {
  const { look: _, strength: __, ...rest } = file.edit ?? {};
  edit(`edit ${file.id}`, (now) => changeFile(now, file.id, { edit: rest }));
}

/** Edits all pictures of the post as this one; what they were can be brought back. */
export function applyToAll(file: PendingFile): void {
  const files = current.peek()?.files.filter(isPicture) ?? [];
  const before = new Map(files.map((one) => [one.id, one.edit ?? {}]));
  const { edit: same = {} } = file;
  set(() => same);
  toast({
    text: t('looks.applied', { count: files.length }),
    action: { label: t('looks.undo'), run: () => set((one) => before.get(one.id) ?? {}) },
  });
}

function set(editOf: (file: PendingFile) => Edit): void {
  const change = (file: PendingFile) => (isPicture(file) ? { ...file, edit: editOf(file) } : file);
  edit('edit all', (now: PendingPost) => ({ ...now, files: now.files.map(change) }));
}
