import { signal } from '@preact/signals';
import type { ShownComment } from '../../data/comments.ts';

/** The comment that is being answered; one at a time, whatever is open. */
export const replyTarget = signal<ShownComment | null>(null);

/** The comment that is to have the focus as soon as it stands there. */
export const wantsFocus = signal<string | null>(null);

/** What was just done, for those who do not see it. */
export const said = signal('');

/** Says it also when it is the same as before. */
export function say(text: string): void {
  // A no-break space at the end makes it another text, and is not read.
  said.value = said.peek() === text ? `${text}\u00a0` : text;
}
