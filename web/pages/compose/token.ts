/** A name or hashtag that is being written: the cursor stands at its end. */
export interface Token {
  readonly kind: 'person' | 'hashtag';
  /** What stands behind the sign so far. */
  readonly beginning: string;
  /** Where the sign stands, and where the cursor does. */
  readonly start: number;
  readonly end: number;
}

const BEFORE_CURSOR =
  /(?<![\p{L}\p{M}\p{N}_.@/&#＃])(?:@([A-Za-z0-9_.]{0,30})|[#＃]([\p{L}\p{M}\p{N}_]{1,100}))$/u;

/** What is being written at the cursor, or null when it is neither a name nor a hashtag. */
export function tokenAt(text: string, cursor: number): Token | null {
  // No name or hashtag is longer than this.
  const before = text.slice(Math.max(0, cursor - 120), cursor);
  const hit = BEFORE_CURSOR.exec(before);
  if (!hit) return null;
  const start = cursor - hit[0].length;
  const [, person, hashtag] = hit;
  return person !== undefined
    ? { kind: 'person', beginning: person, start, end: cursor }
    : { kind: 'hashtag', beginning: hashtag ?? '', start, end: cursor };
}

/** The text with the token written out, and where the cursor stands then. */
export function written(text: string, token: Token, word: string) {
  const rest = text.slice(token.end);
  // One space after it, and not two.
  const after = rest.startsWith(' ') ? rest.slice(1) : rest;
  const put = `${token.kind === 'person' ? '@' : '#'}${word} `;
  return { text: text.slice(0, token.start) + put + after, cursor: token.start + put.length };
}
