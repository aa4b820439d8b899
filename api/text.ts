import {
  HASHTAG_MAX,
  HASHTAGS_PER_POST_MAX,
  MENTIONS_PER_TEXT_MAX,
  USERNAME_MAX,
} from './limits.ts';

/** A stretch of a caption or comment that leads somewhere, by UTF-16 positions. */
export interface Entity {
  readonly kind: 'hashtag' | 'mention' | 'link';
  readonly start: number;
  readonly end: number;
  /** A hashtag in its folded form, a username in small letters, an address as it stands. */
  readonly value: string;
}

/**
 * A hashtag is `#` (or its full-width form) and letters, marks, digits and underscores of any script, one
 * letter at least, not inside a word: the default hashtag identifier of Unicode (UAX #31, D2) without
 * its further marks. The joiners U+200C and U+200D belong to words of Persian and Indic scripts.
 */
const ENTITY =
  /(?<![\p{L}\p{M}\p{N}_/&])[#＃]((?:[\p{L}\p{M}\p{N}_]|(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}]))+)|(?<![\p{L}\p{M}\p{N}_.@/])@([A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?)(?![\p{L}\p{M}\p{N}_@])|(?<![\p{L}\p{M}\p{N}_])(https?:\/\/[^\s<>"]+)/gu;

/** What ends a sentence does not belong to the address before it. */
const AFTER_LINK = /[.,:;!?)\]}'"»”’…]+$/u;

/** The form that tags are compared in: compatibility forms united, without capitals (NFKC, then lower case). */
export function foldHashtag(tag: string): string | null {
  const folded = tag
    .replace(/^[#＃]/u, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC');
  const fits = folded.length > 0 && folded.length <= HASHTAG_MAX;
  return fits && /\p{L}/u.test(folded) && /^[\p{L}\p{M}\p{N}_\u200c\u200d]+$/u.test(folded)
    ? folded
    : null;
}

/** Hashtags, mentions and links of a text, in order, without overlaps. Linear in its length. */
export function findEntities(text: string): Entity[] {
  const found: Entity[] = [];
  for (const match of text.matchAll(ENTITY)) {
    const [whole, tag, name, address] = match;
    const start = match.index;
    if (tag !== undefined) {
      const value = foldHashtag(tag);
      if (value) found.push({ kind: 'hashtag', start, end: start + whole.length, value });
    } else if (name !== undefined) {
      if (name.length > USERNAME_MAX) continue;
      found.push({ kind: 'mention', start, end: start + whole.length, value: name.toLowerCase() });
    } else if (address !== undefined) {
      const value = address.replace(AFTER_LINK, '');
      found.push({ kind: 'link', start, end: start + value.length, value });
    }
  }
  return found;
}

const valuesOf = (text: string, kind: Entity['kind'], max: number) => {
  const values = findEntities(text).flatMap((entity) =>
    entity.kind === kind ? [entity.value] : [],
  );
  return [...new Set(values)].slice(0, max);
};

/** The folded hashtags of a text, each once; at most 30. */
export function hashtagsOf(text: string): string[] {
  return valuesOf(text, 'hashtag', HASHTAGS_PER_POST_MAX);
}

/** The usernames that a text mentions, each once; at most 20. They need not exist. */
export function mentionsOf(text: string): string[] {
  return valuesOf(text, 'mention', MENTIONS_PER_TEXT_MAX);
}
