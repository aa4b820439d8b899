/** A stretch of what a person wrote. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string }
  | { readonly kind: 'mention'; readonly text: string; readonly username: string };

/**
 * An address with http(s), or `@` and a username that follows no letter (so that e-mail addresses
 * stay text). Both alternatives are linear.
 */
const LIVE = /https?:\/\/[^\s<>"]+|(?<![\w.@])@[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?/gi;

/** Marks at the end of a sentence are not part of the address before them. */
const TRAILING = /[.,;:!?'")\]]+$/;

/** Cuts a text into plain stretches, links and mentions; put together they give the text again. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  const plain = (upTo: number) => {
    if (upTo > end) found.push({ kind: 'text', text: text.slice(end, upTo) });
  };
  for (const hit of text.matchAll(LIVE)) {
    const whole = hit[0].startsWith('@') ? hit[0] : hit[0].replace(TRAILING, '');
    plain(hit.index);
    end = hit.index + whole.length;
    if (whole.startsWith('@')) {
      found.push({ kind: 'mention', text: whole, username: whole.slice(1).toLowerCase() });
    } else {
      found.push({ kind: 'link', text: whole });
    }
  }
  plain(text.length);
  return found;
}
