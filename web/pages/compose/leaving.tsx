import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { go } from '../../ui/router.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { toast } from '../../ui/toast.tsx';

interface LeavingProps {
  /** Undefined where it cannot be saved as it is. */
  readonly onSave: (() => void) | undefined;
  readonly onDiscard: () => void;
  readonly onStay: () => void;
}

/** What becomes of the draft when one goes: to all devices, on this one, or nowhere. */
export function Leaving({ onSave, onDiscard, onStay }: LeavingProps) {
  const keepHere = () => {
    toast({ text: t('compose.kept') });
    go('/');
  };
  return (
    <Sheet title={t('leave.title')} onClose={onStay}>
      <div class="leaving">
        <p>{t('leave.text')}</p>
        {onSave && (
          <Button kind="primary" wide onClick={onSave}>
            {t('leave.save')}
          </Button>
        )}
        <Button wide onClick={keepHere}>
          {t('leave.here')}
        </Button>
        <Button kind="danger" wide onClick={onDiscard}>
          {t('leave.discard')}
        </Button>
      </div>
    </Sheet>
  );
}
