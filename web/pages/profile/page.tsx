import './profile.css';
import { UserX } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, isAbort } from '../../data/client.ts';
import { loadProfile, type Person, personNamed } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { PageProps } from '../../ui/page.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useTitle } from '../../ui/title.ts';
import { ProfileActions } from './actions.tsx';
import { Closed, isClosed } from './closed.tsx';
import { Grid } from './grid.tsx';
import { ProfileHead, ProfileHeadWaiting } from './head.tsx';

/** A person: who they are and what they have shared. */
export default function ProfilePage({ params }: PageProps) {
  const username = params.username ?? '';
  const { error, again } = useProfile(username);
  const known = personNamed(username)?.value;
  useTitle(
    known ? t('profile.title', { name: known.full_name, username: known.username }) : username,
  );
  if (error?.code === 'user_not_found' || error?.code === 'validation_failed') return <Gone />;
  const isSelf = me.value?.username === known?.username;
  return (
    <div class="profile">
      <PageHeader
        title={<bdi>{known?.username ?? username}</bdi>}
        backTo={isSelf ? undefined : '/'}
      >
        {known && <ProfileActions person={known} />}
      </PageHeader>
      {error && !isWhole(known) ? (
        <EmptyState title={t('profile.failed')} text={error.message}>
          <Button kind="primary" onClick={again}>
            {t('try-again')}
          </Button>
        </EmptyState>
      ) : (
        <>
          {isWhole(known) ? <ProfileHead person={known} /> : <ProfileHeadWaiting />}
          {known && isClosed(known) ? (
            <Closed person={known} />
          ) : (
            <Grid username={username} person={known} />
          )}
        </>
      )}
    </div>
  );
}

function isWhole(person: Person | undefined): person is Person {
  return person?.posts_count !== undefined;
}

/** Asks for the profile each time the page is opened; what is known is shown meanwhile. */
function useProfile(username: string) {
  const [answer, setAnswer] = useState<Person | ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  // `attempt` asks again.
  useEffect(() => {
    const leaving = new AbortController();
    loadProfile(username, leaving.signal).then(setAnswer, (caught: unknown) => {
      if (caught instanceof ApiError) setAnswer(caught);
      else if (!isAbort(caught)) reportError(caught);
    });
    return () => leaving.abort();
  }, [username, attempt]);
  const error = answer instanceof ApiError ? answer : null;
  return { error, again: () => setAttempt(attempt + 1) };
}

function Gone() {
  return (
    <>
      <PageHeader title={t('profile.gone')} backTo="/" />
      <EmptyState icon={UserX} title={t('profile.gone')} text={t('profile.gone-text')}>
        <ButtonLink href="/">{t('not-found.go')}</ButtonLink>
      </EmptyState>
    </>
  );
}
