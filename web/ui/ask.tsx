import './ask.css';
import { t } from '../strings/strings.ts';
import { Button } from './button.tsx';
import { Sheet } from './sheet.tsx';

export interface AskProps {
  readonly title: string;
  readonly text: string;
  /** What happens, as a verb. */
  readonly yes: string;
  /** `Cancel` unless told. */
  readonly no?: string | undefined;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Asks before something that cannot be undone. */
export function Ask({ title, text, yes, no, onYes, onNo }: AskProps) {
  return (
    <Sheet title={title} onClose={onNo}>
      <div class="ask">
        <p>{text}</p>
        <div class="ask__do">
          <Button onClick={onNo}>{no ?? t('cancel')}</Button>
          <Button kind="danger" onClick={onYes}>
            {yes}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
