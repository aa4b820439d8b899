import { ApiError } from '../../data/client.ts';
import { hashtag, setTagFollowing } from '../../data/hashtags.ts';
import { t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.tsx';
import { needsMe } from '../post/acts.ts';

/** Follows a hashtag, or leaves it; says in a toast when the server refuses. */
export function followTag(tag: string, following: boolean): void {
  if (!needsMe()) return;
  setTagFollowing(tag, following).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    // Someone whose session just ended is told so by the app.
    if (error.status === 401) return;
    const text = following ? 'tag.follow-failed' : 'tag.unfollow-failed';
    toast({
      text: t(text, { tag, reason: error.message }),
      // Trying again does not help who follows too many.
      ...(error.status === 422
        ? {}
        : { action: { label: t('try-again'), run: () => followTag(tag, following) } }),
    });
  });
}

interface FollowTagProps {
  readonly tag: string;
  /** Among others in a list. */
  readonly small?: boolean | undefined;
}

export function FollowTagButton({ tag, small }: FollowTagProps) {
  const following = hashtag(tag).value?.viewer.following ?? false;
  const words = following ? 'tag.unfollow' : 'tag.follow';
  return (
    <Button
      kind={following || small ? 'secondary' : 'primary'}
      small={small}
      aria-pressed={following}
      aria-label={`${t(words)}: #${tag}`}
      onClick={() => followTag(tag, !following)}
    >
      {t(words)}
    </Button>
  );
}
