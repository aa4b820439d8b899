import { computed, type ReadonlySignal } from '@preact/signals';
import type * as graph from '../../api/graph.ts';
import type * as people from '../../api/people.ts';
import { createCache } from './cache.ts';
import { call } from './client.ts';
import { onSignedOut } from './session.ts';

type Extra = Omit<people.Profile, keyof people.UserSummary | 'viewer'>;

/** All that is known here of a person; what only a profile says may be missing. */
export interface Person extends people.UserSummary, Partial<Extra> {
  readonly viewer: Partial<people.Profile['viewer']>;
}

type Known = people.UserSummary | people.UserInList | people.Profile;

const known = createCache<Person>();
const idsByName = createCache<string>();
const namedPeople = new Map<string, ReadonlySignal<Person | undefined>>();

onSignedOut(() => {
  known.clear();
  idsByName.clear();
  namedPeople.clear();
});

/** Takes in what an answer said of a person, and gives their id. Newer words replace older ones. */
export function keepPerson(said: Known): string {
  const id = said.user_id;
  const now = known.peek(id);
  const viewer = 'viewer' in said ? said.viewer : {};
  known.put(id, { ...now, ...said, viewer: { ...now?.viewer, ...viewer } });
  idsByName.put(said.username.toLowerCase(), id);
  return id;
}

/** The person as they are known now; undefined while no answer has spoken of them. */
export function person(id: string): ReadonlySignal<Person | undefined> {
  return known.at(id);
}

/** The same by username, in whatever case. */
export function personNamed(username: string): ReadonlySignal<Person | undefined> {
  const name = username.toLowerCase();
  const made =
    namedPeople.get(name) ??
    computed(() => {
      const id = idsByName.at(name).value;
      return id === undefined ? undefined : known.at(id).value;
    });
  namedPeople.set(name, made);
  return made;
}

/** Changes what is known of a person here; does nothing when nothing is. */
export function changePerson(id: string, change: (now: Person) => Partial<Person>): void {
  known.change(id, change);
}

/** Asks the server for a profile and takes it in. Throws `ApiError`. */
export async function loadProfile(username: string, signal?: AbortSignal): Promise<Person> {
  const profile = await call<typeof people.getProfile>('GET /users/{username}', {
    params: { username },
    signal,
  });
  return known.peek(keepPerson(profile)) ?? profile;
}

/** The number of the last wish about each person, so that an older answer changes nothing. */
const wishes = new Map<string, number>();

/** How one stands to somebody whom one may follow. */
interface Following {
  readonly following: boolean;
  readonly requested: boolean;
}

const NOT_FOLLOWING: Following = { following: false, requested: false };

function followingOf({ viewer }: Person): Following {
  return { following: viewer.following === true, requested: viewer.requested === true };
}

/**
 * Follows or leaves a person, or asks to follow, if their account is private: shown at once, here and
 * in their count of followers and one's own, and taken back when the server refuses. Throws `ApiError`
 * after taking it back.
 */
export async function setFollowing(id: string, wanted: boolean, myId?: string): Promise<void> {
  const now = known.peek(id);
  if (!now) return;
  const before = followingOf(now);
  if ((before.following || before.requested) === wanted) return;
  const isPrivate = now.privacy_level === 'private';
  const wish = newWish(id);
  showFollowing(id, wanted ? { following: !isPrivate, requested: isPrivate } : NOT_FOLLOWING, myId);
  try {
    const followers_count = await sendFollowing(now.username, wanted, (state) => {
      if (isWish(id, wish)) showFollowing(id, state, myId);
    });
    if (isWish(id, wish)) changePerson(id, () => ({ followers_count }));
  } catch (error) {
    if (isWish(id, wish)) showFollowing(id, before, myId);
    throw error;
  }
}

/** Takes back at once what only waits to be sent: see `leaveLater`. */
export interface Leaving {
  readonly undo: () => void;
  readonly send: () => Promise<void>;
}

/**
 * Shows that a person is not followed any more, without telling the server yet: for private accounts,
 * which one cannot simply follow again. `send` tells it, and throws `ApiError` after taking it back.
 */
export function leaveLater(id: string, myId?: string): Leaving | null {
  const now = known.peek(id);
  if (!now) return null;
  const before = followingOf(now);
  const wish = newWish(id);
  const undo = () => {
    if (isWish(id, wish)) showFollowing(id, before, myId);
  };
  showFollowing(id, NOT_FOLLOWING, myId);
  return {
    undo,
    async send() {
      try {
        await sendFollowing(now.username, false, () => undefined);
      } catch (error) {
        undo();
        throw error;
      }
    },
  };
}

/** Also while the page is being left. Gives the count of followers that is true then. */
async function sendFollowing(
  username: string,
  wanted: boolean,
  onState: (state: Following) => void,
): Promise<number> {
  const options = { params: { username }, keepalive: true };
  const answer = wanted
    ? await call<typeof graph.follow>('POST /users/{username}/follow', options)
    : await call<typeof graph.unfollow>('DELETE /users/{username}/follow', options);
  const { state } = answer;
  onState({ following: state === 'following', requested: state === 'requested' });
  return answer.followers_count;
}

function newWish(id: string): number {
  const wish = (wishes.get(id) ?? 0) + 1;
  wishes.set(id, wish);
  return wish;
}

const isWish = (id: string, wish: number) => wishes.get(id) === wish;

function showFollowing(id: string, state: Following, myId: string | undefined): void {
  const now = known.peek(id);
  if (!now) return;
  const step = Number(state.following) - Number(now.viewer.following === true);
  changePerson(id, (now) => ({
    viewer: { ...now.viewer, ...state },
    ...(now.followers_count === undefined ? {} : { followers_count: now.followers_count + step }),
  }));
  if (myId === undefined || step === 0) return;
  changePerson(myId, (now) =>
    now.following_count === undefined ? {} : { following_count: now.following_count + step },
  );
}
