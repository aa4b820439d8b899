import { useState } from 'preact/hooks';
import { USERNAME_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import type { List } from '../../data/lists.ts';
import { loadProfile } from '../../data/people.ts';
import { sendMark } from '../../data/relations.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { OwnList } from './own-lists.ts';

interface AddByNameProps {
  readonly own: OwnList;
  readonly list: List<string>;
}

/** A username and a button; who is added stands at the top of the list. */
export function AddByName({ own, list }: AddByNameProps) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const add = async () => {
    const username = name.trim().replace(/^@/, '');
    if (username === '') return setError(t('people-list.name-needed'));
    setBusy(true);
    setError(null);
    try {
      await sendMark(username, own.mark, true);
      const who = await loadProfile(username);
      list.remove(who.user_id);
      list.putFirst([who.user_id]);
      setName('');
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      // A name that cannot be one names nobody.
      setError(caught.code === 'validation_failed' ? t('profile.gone') : caught.message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="people-list__add"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) add().catch(reportError);
      }}
    >
      <TextField
        label={t('people-list.add')}
        value={name}
        onValue={setName}
        error={error}
        maxLength={USERNAME_MAX + 1}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
      <Button type="submit" busy={busy}>
        {t(`people-list.${own.words}-add`)}
      </Button>
    </form>
  );
}
