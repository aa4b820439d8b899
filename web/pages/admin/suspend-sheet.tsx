import { useState } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { TextField } from '../../ui/text-field.tsx';

interface SuspendSheetProps {
  readonly name: string;
  readonly onSuspend: (reason: string) => void;
  readonly onClose: () => void;
}

/** Asks why somebody is suspended: whoever looks into it later must know. */
export function SuspendSheet({ name, onSuspend, onClose }: SuspendSheetProps) {
  const [reason, setReason] = useState('');
  return (
    <Sheet title={t('admin.suspend-title', { name })} onClose={onClose}>
      <form
        class="admin__sheet"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') onSuspend(reason.trim());
        }}
      >
        <p>{t('admin.suspend-text')}</p>
        <TextField
          label={t('admin.reason')}
          value={reason}
          onValue={setReason}
          maxLength={500}
          required
        />
        <Button kind="danger" type="submit" disabled={reason.trim() === ''}>
          {t('admin.suspend')}
        </Button>
      </form>
    </Sheet>
  );
}
