import { signal } from '@preact/signals';
import type * as graph from '../../api/graph.ts';
import { ApiError, call } from './client.ts';
import { keepPerson, person } from './people.ts';
import { onSignedOut } from './session.ts';

/** Somebody to know, and why. */
export interface Suggestion {
  readonly id: string;
  readonly reason: graph.SuggestedUser['reason'];
}

/** Milliseconds after which they are asked for again when they are next shown. */
const STALE = 5 * 60_000;

/** Whom one may know, best first; null until it has come. */
export const suggestions = signal<readonly Suggestion[] | null>(null);
export const suggestionsFailed = signal<ApiError | null>(null);
let askedAt = 0;

onSignedOut(() => {
  suggestions.value = null;
  suggestionsFailed.value = null;
  askedAt = 0;
});

/** Asks the server, unless it was asked a moment ago; what is known is shown meanwhile. */
export async function loadSuggestions(): Promise<void> {
  if (Date.now() - askedAt < STALE && !suggestionsFailed.peek()) return;
  askedAt = Date.now();
  suggestionsFailed.value = null;
  try {
    const found = await call<typeof graph.listSuggested>('GET /users/suggested', {});
    suggestions.value = found.map((one) => ({ id: keepPerson(one), reason: one.reason }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    suggestionsFailed.value = error;
  }
}

/** Takes one out here; gives back what puts it in again where it was. */
export function hideSuggestion(id: string): () => void {
  const before = suggestions.peek() ?? [];
  const index = before.findIndex((one) => one.id === id);
  const gone = before[index];
  if (!gone) return () => undefined;
  suggestions.value = before.filter((one) => one.id !== id);
  return () => {
    const now = (suggestions.peek() ?? []).filter((one) => one.id !== id);
    suggestions.value = [...now.slice(0, index), gone, ...now.slice(index)];
  };
}

/** Also while the page is being left. Throws `ApiError`. */
export async function dismissSuggestion(id: string): Promise<void> {
  const username = person(id).peek()?.username;
  if (username === undefined) return;
  await call<typeof graph.dismissSuggested>('DELETE /users/{username}/suggested', {
    params: { username },
    keepalive: true,
  });
}
