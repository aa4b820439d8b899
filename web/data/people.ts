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

/**
 * Follows or leaves a person: shown at once, here and in their count of followers and one's own, and
 * taken back when the server refuses. Throws `ApiError` after taking it back.
 */
export async function setFollowing(id: string, following: boolean, myId?: string): Promise<void> {
  const now = known.peek(id);
  if (!now || now.viewer.following === following) return;
  const wish = (wishes.get(id) ?? 0) + 1;
  wishes.set(id, wish);
  const { username } = now;
  show(id, following, myId);
  try {
    const answer = following
      ? await call<typeof graph.follow>('POST /users/{username}/follow', { params: { username } })
      : await call<typeof graph.unfollow>('DELETE /users/{username}/follow', {
          params: { username },
        });
    if (wishes.get(id) !== wish) return;
    changePerson(id, (now) => ({
      followers_count: answer.followers_count,
      viewer: { ...now.viewer, following: answer.state === 'following' },
    }));
  } catch (error) {
    if (wishes.get(id) === wish) show(id, !following, myId);
    throw error;
  }
}

function show(id: string, following: boolean, myId: string | undefined): void {
  const step = following ? 1 : -1;
  changePerson(id, (now) => ({
    viewer: { ...now.viewer, following },
    ...(now.followers_count === undefined ? {} : { followers_count: now.followers_count + step }),
  }));
  if (myId === undefined) return;
  changePerson(myId, (now) =>
    now.following_count === undefined ? {} : { following_count: now.following_count + step },
  );
}
