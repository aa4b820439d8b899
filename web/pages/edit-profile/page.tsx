import './edit-profile.css';
import { useEffect, useState } from 'preact/hooks';
import { BIO_MAX, FULL_NAME_MAX, LINK_MAX } from '../../../api/limits.ts';
import { ApiError } from '../../data/client.ts';
import { type ProfileChanges, saveProfile } from '../../data/own-profile.ts';
import { loadProfile, type Person, personNamed } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { back } from '../../ui/router.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { useTitle } from '../../ui/title.ts';
import { toast } from '../../ui/toast.tsx';
import { PictureField } from './picture-field.tsx';
import type { ChosenPicture } from './send-picture.ts';

/** One's own profile, to change. */
export default function EditProfilePage() {
  useTitle(t('edit-profile.title'));
  const username = me.value?.username ?? '';
  const [answer, setAnswer] = useState<Person | ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const known = personNamed(username)?.value;
  const error = answer instanceof ApiError ? answer : null;

  // `attempt` asks again.
  useEffect(() => {
    if (username === '') return;
    loadProfile(username).then(setAnswer, (caught: unknown) => {
      if (!(caught instanceof ApiError)) throw caught;
      setAnswer(caught);
    });
  }, [username, attempt]);

  return (
    <div class="edit-profile">
      <PageHeader title={t('edit-profile.title')} backTo={`/${username}`} />
      {known?.bio !== undefined ? (
        <Form key={known.user_id} person={known} />
      ) : error ? (
        <EmptyState title={t('profile.failed')} text={error.message}>
          <Button onClick={() => setAttempt(attempt + 1)}>{t('try-again')}</Button>
        </EmptyState>
      ) : (
        <SkeletonRows count={3} />
      )}
    </div>
  );
}

function Form({ person }: { readonly person: Person }) {
  const [name, setName] = useState(person.full_name);
  const [bio, setBio] = useState(person.bio ?? '');
  const [link, setLink] = useState(person.link ?? '');
  /** `undefined`: as it is; `null`: removed. */
  const [picture, setPicture] = useState<ChosenPicture | null | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const nameWrong = name.trim() === '' ? t('edit-profile.name-needed') : null;
  const linkWrong = isLink(link) ? null : t('edit-profile.link-wrong');

  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const changes: ProfileChanges = {
        full_name: name.trim(),
        bio: bio.trim(),
        link: link.trim() === '' ? null : link.trim(),
      };
      if (picture !== undefined) {
        changes.profile_picture_upload_id = picture === null ? null : await picture.sent;
      }
      await saveProfile(changes, picture?.url ?? null);
      toast({ text: t('edit-profile.saved') });
      back(`/${person.username}`);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="edit-profile__form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !nameWrong && !linkWrong && bio.length <= BIO_MAX) save().catch(reportError);
      }}
    >
      <PictureField
        name={name || person.username}
        shown={
          picture === undefined
            ? (person.profile_picture_large ?? person.profile_picture)
            : (picture?.url ?? null)
        }
        onChange={setPicture}
      />
      <TextField
        label={t('edit-profile.name')}
        value={name}
        onValue={setName}
        maxLength={FULL_NAME_MAX}
        autocomplete="name"
        error={nameWrong ?? error?.fieldError('full_name')}
      />
      <TextArea
        label={t('edit-profile.bio')}
        value={bio}
        onValue={setBio}
        limit={BIO_MAX}
        rows={3}
        hint={t('edit-profile.bio-hint')}
        error={error?.fieldError('bio')}
      />
      <TextField
        label={t('edit-profile.link')}
        value={link}
        onValue={setLink}
        type="url"
        inputMode="url"
        autocapitalize="none"
        spellcheck={false}
        maxLength={LINK_MAX}
        hint={t('edit-profile.link-hint')}
        error={linkWrong ?? error?.fieldError('link')}
      />
      {error && error.fields.length === 0 && (
        <p class="edit-profile__error" role="alert">
          {error.message}
        </p>
      )}
      <Button type="submit" kind="primary" wide busy={busy}>
        {t('save')}
      </Button>
    </form>
  );
}

function isLink(text: string): boolean {
  const link = text.trim();
  return link === '' || (/^https?:\/\/\S+$/.test(link) && URL.canParse(link));
}
