import type * as graph from '../../api/graph.ts';
import { call } from './client.ts';
import { forgetList } from './lists.ts';
import { changePerson, person as known, loadProfile, type Person } from './people.ts';

/** What one person can decide about another, each on or off. */
export type Mark = 'blocking' | 'muting' | 'restricting' | 'close_friend';

/** The end of the address of each; they are alike, so the type of one route stands for all. */
const PATHS: Readonly<Record<Mark, string>> = {
  blocking: 'block',
  muting: 'mute',
  restricting: 'restrict',
  close_friend: 'close-friend',
};

type Toggle = typeof graph.restrict;

/** The number of the last wish about each, so that an older answer changes nothing. */
const wishes = new Map<string, number>();

/** Asks the server, also while the page is being left. Throws `ApiError`. */
export async function sendMark(username: string, mark: Mark, on: boolean): Promise<void> {
  await call<Toggle>(
    `${on ? 'POST' : 'DELETE'} /users/{username}/${PATHS[mark]}` as Toggle['name'],
    {
      params: { username },
      keepalive: true,
      // The only one with a body; what is left out has its default.
      ...(mark === 'muting' && on ? ({ body: {} } as object) : {}),
    },
  );
}

/**
 * Marks somebody or takes the mark away: shown at once and taken back when the server refuses. Throws
 * `ApiError` after taking it back.
 */
export async function setMark(id: string, mark: Mark, on: boolean): Promise<void> {
  const now = known(id).peek();
  if (!now || (now.viewer[mark] ?? false) === on) return;
  const key = `${mark} ${id}`;
  const wish = (wishes.get(key) ?? 0) + 1;
  wishes.set(key, wish);
  const before = now.viewer;
  changePerson(id, (person) => ({ viewer: { ...person.viewer, ...shown(mark, on) } }));
  try {
    await sendMark(now.username, mark, on);
  } catch (error) {
    if (wishes.get(key) === wish) {
      changePerson(id, (person) => ({ viewer: { ...person.viewer, ...backTo(before, mark, on) } }));
    }
    throw error;
  }
  forgetWhatChanged(now, mark);
  // Follows and counts have changed with it.
  if (mark === 'blocking') await loadProfile(now.username);
}

type Viewer = Person['viewer'];

/** What a block ends goes with it, in the same frame. */
function shown(mark: Mark, on: boolean): Viewer {
  if (mark !== 'blocking' || !on) return { [mark]: on };
  return {
    blocking: true,
    following: false,
    requested: false,
    followed_by: false,
    close_friend: false,
    can_see_posts: false,
  };
}

function backTo(before: Viewer, mark: Mark, on: boolean): Viewer {
  const names = Object.keys(shown(mark, on)) as (keyof Viewer)[];
  return Object.fromEntries(names.map((name) => [name, before[name] ?? false]));
}

/** Lists that may show what is hidden now, or hide what is shown: loaded afresh when they are next seen. */
function forgetWhatChanged({ username }: Person, mark: Mark): void {
  if (mark === 'blocking') forgetList(`profile ${username.toLowerCase()}`);
  if (mark === 'blocking' || mark === 'muting') forgetList('home');
}

/** Makes somebody stop following; also while the page is being left. Throws `ApiError`. */
export async function sendRemoveFollower(username: string): Promise<void> {
  await call<typeof graph.removeFollower>('DELETE /users/{username}/follower', {
    params: { username },
    keepalive: true,
  });
}

/** Answers a request to follow; also while the page is being left. Throws `ApiError`. */
export async function answerRequest(username: string, yes: boolean): Promise<void> {
  const options = { params: { username }, keepalive: true };
  if (yes) {
    await call<typeof graph.acceptFollowRequest>(
      'POST /follow-requests/{username}/accept',
      options,
    );
  } else {
    await call<typeof graph.declineFollowRequest>(
      'POST /follow-requests/{username}/decline',
      options,
    );
  }
}
