import './collection-form.css';
import { useState } from 'preact/hooks';
import { COLLECTION_NAME_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';

interface CollectionFormProps {
  /** The name that it begins with. */
  readonly name?: string | undefined;
  /** What is done with the name, as a verb. */
  readonly verb: string;
  /** Throws `ApiError` when the name cannot be. */
  readonly onName: (name: string) => Promise<void>;
}

/** One line: the name of a collection, and what is done with it. */
export function CollectionForm({ name: given = '', verb, onName }: CollectionFormProps) {
  const [name, setName] = useState(given);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function done(): Promise<void> {
    if (name.trim() === '') return setWrong(t('save.name-needed'));
    setBusy(true);
    setWrong(null);
    try {
      await onName(name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      class="collection-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void done();
      }}
    >
      <TextField
        label={t('save.name')}
        value={name}
        onValue={setName}
        error={wrong}
        maxLength={COLLECTION_NAME_MAX}
        autocomplete="off"
        inputRef={focusOnce}
      />
      <Button kind="primary" type="submit" busy={busy}>
        {verb}
      </Button>
    </form>
  );
}

/** The same function each time, so that it is called when the field appears and never again. */
function focusOnce(field: HTMLInputElement | null): void {
  field?.focus({ preventScroll: true });
}
