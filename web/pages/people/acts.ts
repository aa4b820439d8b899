import { changePerson, leaveLater, person, setFollowing } from '../../data/people.ts';
import { type Mark, sendRemoveFollower, setMark } from '../../data/relations.ts';
import { me } from '../../data/session.ts';
import { type Key, t } from '../../strings/strings.ts';
import { toast } from '../../ui/toast.tsx';
import { needsMe } from '../post/acts.ts';
import { tell, undoable } from '../post/undo.ts';

/** Says what did not work, with a way to try again. */
export function tellFailure(error: unknown, again: () => void): void {
  tell(error, (reason) => t('follow.failed', { reason }), again);
}

/** Follows a person, or asks to. */
export function follow(id: string): void {
  if (!needsMe()) return;
  setFollowing(id, true, me.peek()?.user_id).catch((error: unknown) =>
    tellFailure(error, () => follow(id)),
  );
}

/**
 * Leaves a person, or takes a request back. Who is followed in public can be followed again; a private
 * account would have to be asked, so it hears of it when nobody has asked for the way back.
 */
export function leave(id: string): void {
  if (!needsMe()) return;
  const now = person(id).peek();
  if (!now) return;
  const myId = me.peek()?.user_id;
  const name = now.username;
  if (now.viewer.requested || now.privacy_level !== 'private') {
    const said = now.viewer.requested ? 'follow.withdrawn' : 'follow.left';
    setFollowing(id, false, myId).then(
      () => toast({ text: t(said, { name }), action: { label: t('undo'), run: () => follow(id) } }),
      (error: unknown) => tellFailure(error, () => leave(id)),
    );
    return;
  }
  const leaving = leaveLater(id, myId);
  if (!leaving) return;
  undoable(t('follow.left', { name }), leaving.undo, () => {
    leaving.send().catch((error: unknown) => tellFailure(error, () => leave(id)));
  });
}

const DONE: Readonly<Record<Mark, readonly [on: Key, off: Key]>> = {
  blocking: ['relation.blocked', 'relation.unblocked'],
  muting: ['relation.muted', 'relation.unmuted'],
  restricting: ['relation.restricted', 'relation.unrestricted'],
  close_friend: ['relation.closed', 'relation.unclosed'],
};

/** Blocks, mutes, restricts, counts among close friends, or the reverse; says so, with the way back. */
export function mark(id: string, what: Mark, on: boolean): void {
  if (!needsMe()) return;
  const now = person(id).peek();
  if (!now) return;
  const followed = what === 'blocking' && on && now.viewer.following === true;
  const undo = () => {
    setMark(id, what, !on).then(
      // A block has ended this as well; their own follow only they can bring back.
      () => followed && follow(id),
      (error: unknown) => tellFailure(error, undo),
    );
  };
  setMark(id, what, on).then(
    () =>
      toast({
        text: t(DONE[what][on ? 0 : 1], { name: now.username }),
        action: { label: t('undo'), run: undo },
      }),
    (error: unknown) => tellFailure(error, () => mark(id, what, on)),
  );
}

/** Makes somebody stop following: only they could undo it, so it is sent when nobody wants it back. */
export function removeFollower(id: string): void {
  const now = person(id).peek();
  if (!now) return;
  const myId = me.peek()?.user_id;
  const show = (followed_by: boolean) => {
    changePerson(id, (person) => ({ viewer: { ...person.viewer, followed_by } }));
    if (myId === undefined) return;
    changePerson(myId, ({ followers_count }) =>
      followers_count === undefined
        ? {}
        : { followers_count: followers_count + (followed_by ? 1 : -1) },
    );
  };
  show(false);
  undoable(
    t('relation.follower-removed', { name: now.username }),
    () => show(true),
    () => {
      sendRemoveFollower(now.username).catch((error: unknown) => {
        show(true);
        tellFailure(error, () => removeFollower(id));
      });
    },
  );
}

/** Puts the address of a profile on the clipboard and says so. */
export async function copyProfileLink(username: string): Promise<void> {
  const link = new URL(`/${username}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    toast({ text: t('relation.copied') });
  } catch (error) {
    // Not allowed, or not a secure page: then the address itself is shown.
    console.info('The clipboard refused:', error);
    toast({ text: t('relation.copy-failed', { link }) });
  }
}
