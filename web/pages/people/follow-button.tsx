import type { Person } from '../../data/people.ts';
import { type Key, t } from '../../strings/strings.ts';
import { Button } from '../../ui/button.tsx';
import { follow, leave, mark } from './acts.ts';

interface FollowButtonProps {
  readonly person: Person;
  readonly small?: boolean | undefined;
  readonly wide?: boolean | undefined;
  /** Words only: where it is not what the view is for. */
  readonly plain?: boolean | undefined;
}

/** Follow, follow back, requested, following; or unblock, where a block stands. */
export function FollowButton({ person, small, wide, plain }: FollowButtonProps) {
  const { viewer, username, user_id: id } = person;
  if (viewer.blocking) {
    return (
      <Button
        small={small}
        wide={wide}
        aria-label={`${t('relation.unblock')}: ${username}`}
        onClick={() => mark(id, 'blocking', false)}
      >
        {t('relation.unblock')}
      </Button>
    );
  }
  const on = viewer.following === true || viewer.requested === true;
  const words = wordsFor(viewer);
  return (
    <Button
      kind={plain ? 'plain' : on ? 'secondary' : 'primary'}
      small={small}
      wide={wide}
      aria-pressed={on}
      aria-label={`${t(words)}: ${username}`}
      onClick={() => (on ? leave(id) : follow(id))}
    >
      {t(words)}
    </Button>
  );
}

function wordsFor({ following, requested, followed_by }: Person['viewer']): Key {
  if (following) return 'follow.undo';
  if (requested) return 'follow.requested';
  return followed_by ? 'follow.back' : 'follow.do';
}
