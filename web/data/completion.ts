import { signal } from '@preact/signals';
import type { listFollowing, listSuggested } from '../../api/graph.ts';
import type { findHashtags } from '../../api/hashtags.ts';
import { HASHTAG_MAX, PLACE_NAME_MAX } from '../../api/limits.ts';
import type { UserSummary } from '../../api/people.ts';
import type { createPlace, findPlaces, Place } from '../../api/places.ts';
import { ApiError, call } from './client.ts';
import { me, onSignedOut } from './session.ts';

/** How many people are offered at once, and how many pages of those one follows are known. */
const OFFERED_MAX = 6;
const PAGES_MAX = 5;

let asked: Promise<void> | null = null;
const known = signal<readonly UserSummary[]>([]);

onSignedOut(() => {
  asked = null;
  known.value = [];
});

/** Gets whom the person follows (the newest 500) and who is suggested, once. */
function loadPeople(): Promise<void> {
  const own = me.peek();
  if (!own) return Promise.resolve();
  asked ??= readPeople(own).catch((error: unknown) => {
    asked = null;
    if (!(error instanceof ApiError)) throw error;
    console.info('Nobody can be offered by name:', error);
  });
  return asked;
}

async function readPeople(own: UserSummary): Promise<void> {
  const add = (more: readonly UserSummary[]) => {
    const ids = new Set(known.peek().map((one) => one.user_id));
    known.value = [...known.peek(), ...more.filter((one) => !ids.has(one.user_id))];
  };
  add([own]);
  let cursor: string | null | undefined;
  for (let page = 0; page < PAGES_MAX && cursor !== null; page += 1) {
    const answer = await call<typeof listFollowing>('GET /users/{username}/following', {
      params: { username: own.username },
      query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) },
    });
    add(answer.items);
    cursor = answer.next;
  }
  add(await call<typeof listSuggested>('GET /users/suggested', {}));
}

/**
 * People whose username, or a word of whose name, begins so: who is called just that first, then by
 * username, those one follows before others.
 */
export async function peopleLike(beginning: string): Promise<readonly UserSummary[]> {
  await loadPeople();
  const wanted = fold(beginning);
  const rank = ({ username, full_name }: UserSummary) => {
    if (username === wanted) return 0;
    if (username.startsWith(wanted)) return 1;
    return fold(full_name)
      .split(/\s+/)
      .some((word) => word.startsWith(wanted))
      ? 2
      : 3;
  };
  return known
    .peek()
    .map((person) => ({ person, rank: rank(person) }))
    .filter((one) => one.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, OFFERED_MAX)
    .map(({ person }) => person);
}

/** Without capitals and accents. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** Hashtags that begin so, the most used first. Throws `ApiError`. */
export async function hashtagsLike(beginning: string, signal: AbortSignal) {
  if (beginning === '' || beginning.length > HASHTAG_MAX) return [];
  return call<typeof findHashtags>('GET /hashtags', { query: { q: beginning }, signal });
}

/** Places whose name begins so. Throws `ApiError`. */
export async function placesLike(beginning: string, signal: AbortSignal): Promise<Place[]> {
  const q = beginning.trim().slice(0, PLACE_NAME_MAX);
  if (q === '') return [];
  return call<typeof findPlaces>('GET /places', { query: { q }, signal });
}

/** WGS 84 degrees. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** Names a place, at a position or at none. Throws `ApiError`. */
export function namePlace(name: string, at: Position | null): Promise<Place> {
  const body = { name: name.trim().slice(0, PLACE_NAME_MAX), ...at };
  return call<typeof createPlace>('POST /places', { body });
}
