import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { USERNAME_MAX, USERNAME_PATTERN } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { peopleLike } from '../../data/completion.ts';
import { loadProfile } from '../../data/people.ts';
import { t } from '../../strings/strings.ts';
import { ComboField } from '../../ui/combo-field.tsx';
import { useOffers } from './offers.ts';
import { PersonOption } from './person-option.tsx';

interface PersonFieldProps {
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onPerson: (username: string) => void;
}

/** Finds a person by the beginning of a name, or takes a whole username. */
export function PersonField({ inputRef, onPerson }: PersonFieldProps) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const name = text.trim().replace(/^@/, '').toLowerCase();
  const { offers, settled } = useOffers(name || null, () => peopleLike(name));
  const known = offers.some(({ username }) => username === name);
  const whole = settled && !known && new RegExp(USERNAME_PATTERN).test(name) ? [name] : [];
  const options = [
    ...offers.map((person) => ({
      key: person.user_id as string,
      content: <PersonOption person={person} />,
    })),
    ...whole.map((username) => ({
      key: 'whole',
      content: <span class="ellipsis">{t('tagging.add', { username })}</span>,
    })),
  ];
  const put = (username: string) => {
    setText('');
    setWrong(null);
    onPerson(username);
  };
  const check = async (username: string) => {
    try {
      put((await loadProfile(username)).username);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setWrong(error.code === 'user_not_found' ? t('tagging.nobody') : error.message);
    }
  };
  const take = (index: number) => {
    const person = offers[index];
    if (person) put(person.username);
    else if (name) check(name).catch(reportError);
  };
  return (
    <ComboField
      label={t('tagging.who')}
      placeholder={t('tagging.who-hint')}
      maxLength={USERNAME_MAX + 1}
      value={text}
      onValue={(next) => {
        setText(next);
        setWrong(null);
      }}
      options={options}
      found={t('complete.found', { count: options.length })}
      onTake={take}
      onEnter={() => take(offers.findIndex(({ username }) => username === name))}
      hint={wrong ?? t('tagging.hint')}
      inputRef={inputRef}
    />
  );
}
