import { ApiError } from '../../data/client.ts';
import { keepPerson, type Person, person as personById, setFollowing } from '../../data/people.ts';
import { me } from '../../data/session.ts';
import { t } from '../../strings/strings.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { place } from '../../ui/router.ts';
import { toast } from '../../ui/toast.tsx';

export interface FollowButtonProps {
  readonly person: Person;
  readonly small?: boolean | undefined;
  readonly wide?: boolean | undefined;
}

/** Follows or leaves a person: shows it at once, and says so when the server did not take it. */
export function FollowButton({ person: given, small, wide }: FollowButtonProps) {
  const person = personById(given.user_id)?.value ?? given;
  const { viewer } = person;
  const name = person.full_name || person.username;
  if (me.value?.user_id === person.user_id) return null;
  if (!me.value) {
    const next = encodeURIComponent(place.value.path);
    return (
      <ButtonLink kind="primary" href={`/log-in?next=${next}`} {...{ small, wide }}>
        {t('follow.follow')}
      </ButtonLink>
    );
  }
  const following = viewer.following === true;
  const press = (wanted: boolean) => {
    keepPerson({ ...given, viewer: { following: viewer.following === true, is_self: false } });
    setFollowing(person.user_id, wanted, me.peek()?.user_id).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      toast({
        text: t(wanted ? 'follow.failed' : 'follow.unfollow-failed', {
          name,
          reason: error.message,
        }),
        action: { label: t('try-again'), run: () => press(wanted) },
      });
    });
  };
  return (
    <Button
      kind={following ? 'secondary' : 'primary'}
      small={small}
      wide={wide}
      class="follow-button"
      aria-pressed={following}
      aria-label={t('follow.follow-name', { name })}
      onClick={() => press(!following)}
    >
      {following
        ? t('follow.following')
        : t(viewer.followed_by ? 'follow.follow-back' : 'follow.follow')}
    </Button>
  );
}
