import { onSignedOut } from './session.ts';

/** In sessionStorage, which lasts as long as the tab, by the id of the post. */
const PREFIX = 'aperto.edit ';

if (typeof document !== 'undefined') {
  onSignedOut(() => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  });
}

/** Keeps what was changed in a post and not saved yet; null forgets it. */
export function keepEdit(postId: string, edit: unknown): void {
  if (edit === null) sessionStorage.removeItem(PREFIX + postId);
  else sessionStorage.setItem(PREFIX + postId, JSON.stringify(edit));
}

/** What was kept, or null. */
export function recallEdit<Edit>(postId: string): Edit | null {
  const kept = sessionStorage.getItem(PREFIX + postId);
  return kept === null ? null : (JSON.parse(kept) as Edit);
}
