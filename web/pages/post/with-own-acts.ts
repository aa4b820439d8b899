import { t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';

type Acts = typeof import('./own-acts.ts');

/** What one does with one's own posts is not needed to read: its code comes when it is asked for. */
export function withOwnActs(work: (acts: Acts) => void): void {
  import('./own-acts.ts').then(work, (error: unknown) => {
    console.error('The code of the menu could not be loaded:', error);
    toast({ text: t('page.failed') });
  });
}
