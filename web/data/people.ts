import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type * as graph from '../../api/graph.ts';
import type * as people from '../../api/people.ts';
import { call } from './client.ts';
import { onSignedOut } from './session.ts';

type Extra = Omit<people.Profile, keyof people.UserSummary | 'viewer'>;

/** All that is known here of a person; what only a profile says may be missing. */
export interface Person extends people.UserSummary, Partial<Extra> {
  readonly viewer: Partial<people.Profile['viewer']>;
}

type Known = people.UserSummary | people.UserInList | people.Profile;

const byId = new Map<string, Signal<Person>>();
const idByName = new Map<string, string>();

onSignedOut(() => {
  byId.clear();
  idByName.clear();
});

/** Takes in what an answer said of a person, and gives their id. Newer words replace older ones. */
export function keepPerson(known: Known): string {
  const id = known.user_id;
  idByName.set(known.username.toLowerCase(), id);
  const held = byId.get(id);
  const viewer = 'viewer' in known ? known.viewer : {};
  if (!held) byId.set(id, signal({ ...known, viewer }));
  else held.value = { ...held.peek(), ...known, viewer: { ...held.peek().viewer, ...viewer } };
  return id;
}

/** The person as they are known now, or undefined when no answer has spoken of them. */
export function person(id: string): ReadonlySignal<Person> | undefined {
  return byId.get(id);
}

/** The same by username, in whatever case. */
export function personNamed(username: string): ReadonlySignal<Person> | undefined {
  const id = idByName.get(username.toLowerCase());
  return id === undefined ? undefined : byId.get(id);
}

/** Changes what is known of a person here; does nothing when nothing is. */
export function changePerson(id: string, change: (now: Person) => Partial<Person>): void {
  const held = byId.get(id);
  if (held) held.value = { ...held.peek(), ...change(held.peek()) };
}

/** Asks the server for a profile and takes it in. Throws `ApiError`. */
export async function loadProfile(username: string, signal?: AbortSignal): Promise<Person> {
  const profile = await call<typeof people.getProfile>('GET /users/{username}', {
    params: { username },
    signal,
  });
  const held = byId.get(keepPerson(profile));
  return held?.peek() ?? profile;
}

/** The number of the last wish about each person, so that an older answer changes nothing. */
const wishes = new Map<string, number>();

/**
 * Follows or leaves a person: shown at once, here and in their count of followers and one's own, and
 * taken back when the server refuses. Throws `ApiError` after taking it back.
 */
export async function setFollowing(id: string, following: boolean, myId?: string): Promise<void> {
  const held = byId.get(id);
  if (!held || held.peek().viewer.following === following) return;
  const wish = (wishes.get(id) ?? 0) + 1;
  wishes.set(id, wish);
  const { username } = held.peek();
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
