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

/** What is read of a text: any string will do. */
export type Readable = Pick<string, 'length' | 'codePointAt' | 'slice'>;

/** A hashtag begins with one of these (UAX #31, D2): `#`, its small and its full-width form. */
const HASHES = codes('#﹟＃');
/** Letters, marks, digits and the underscore of any script; nothing unseen, and not the frame of a key. */
const WORD = /^(?!\p{Default_Ignorable_Code_Point}|\u20e3)[\p{L}\p{M}\p{N}_]$/u;
const MARK = /^\p{M}$/u;
const LETTER = /\p{L}/u;
/** Choose between shapes of one letter; without meaning of their own. */
const VARIATION = /\p{Variation_Selector}/u;
const VARIATIONS = /\p{Variation_Selector}/gu;
const NON_JOINER = 0x200c;
const JOINER = 0x200d;
/** Scripts whose words may have joiners and non-joiners inside (UAX #31, A1, A2 and B). */
const JOINED =
  /^[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Phag}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}\p{scx=Thaa}]$/u;
/** In a bare address or an HTML entity, `#` is no hashtag. */
const NO_HASHTAG_AFTER = codes('/&');
const AT = code('@');
const POINT = code('.');
const NO_MENTION_AFTER = codes('@＠/');
/** Part of an e-mail address when a word stands before it. */
const OF_MAIL = codes('.+-%');
/** Ends an address wherever it stands: quotation marks, brackets and points of East Asian scripts. */
const ENDS_LINK = codes('<>"“”«»、。，．！？：；（）「」『』【】〈〉《》');
const SPACE = /^[\s\p{Cc}\p{Cf}]$/u;
/** Ends the sentence rather than the address before it. */
const AFTER_LINK = codes(".,:;!?'’…");
const BRACKETS: ReadonlyMap<number, number> = new Map([
  [code(')'), code('(')],
  [code(']'), code('[')],
  [code('}'), code('{')],
]);

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function codes(characters: string): ReadonlySet<number> {
  return new Set([...characters].map(code));
}

const width = (point: number) => (point > 0xffff ? 2 : 1);
const is = (kind: RegExp, point: number) => kind.test(String.fromCodePoint(point));

function isNameLetter(point: number): boolean {
  return (
    (point >= 0x61 && point <= 0x7a) ||
    (point >= 0x41 && point <= 0x5a) ||
    (point >= 0x30 && point <= 0x39) ||
    point === 0x5f
  );
}

function isWord(point: number): boolean {
  return point < 0x80 ? isNameLetter(point) : is(WORD, point);
}

/** The code point at a position; -1 at the end. */
const at = (text: Readable, index: number) => text.codePointAt(index) ?? -1;

/** Where the word ends that begins at `start`; `start` itself when there is none. */
function wordEnd(text: Readable, start: number): number {
  let end = start;
  let before = -1;
  for (;;) {
    const point = at(text, end);
    if (point === -1) return end;
    if (isWord(point)) {
      // A mark at the start belongs to the sign before it: #️⃣ is a key, no hashtag.
      if (before === -1 && is(MARK, point)) return end;
    } else if (before === -1) {
      return end;
    } else if (point === JOINER || point === NON_JOINER) {
      const after = at(text, end + 1);
      if (after === -1 || !is(JOINED, before) || !is(JOINED, after) || !isWord(after)) return end;
    } else if (!is(VARIATION, point)) {
      return end;
    }
    before = point;
    end += width(point);
  }
}

/**
 * The form that hashtags are compared in and named by, or null when it is none: compatibility forms
 * united (NFKC), in small letters, `İ` and `i` the same, without variation selectors. At least one
 * letter, at most 100 UTF-16 units. Folding again changes nothing.
 */
export function foldHashtag(tag: string): string | null {
  const folded = foldHashtagStart(tag);
  return folded !== null && LETTER.test(folded) ? folded : null;
}

/** The same for the beginning of a hashtag, which may still be without a letter. */
export function foldHashtagStart(start: string): string | null {
  const folded = start
    .replace(/^[#﹟＃]/u, '')
    .replace(VARIATIONS, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC');
  if (folded.length === 0 || folded.length > HASHTAG_MAX) return null;
  return wordEnd(folded, 0) === folded.length ? folded : null;
}

/** The end of an address that begins at `start`, without what ends the sentence; `start` for none. */
function linkEnd(text: Readable, start: number): number {
  const scheme = /^https?:\/\//i.exec(text.slice(start, start + 8))?.[0];
  if (scheme === undefined || !isWord(at(text, start + scheme.length))) return start;
  let end = start + scheme.length;
  const open = new Map<number, number>();
  for (;;) {
    const point = at(text, end);
    if (point === -1 || ENDS_LINK.has(point) || is(SPACE, point)) break;
    open.set(point, (open.get(point) ?? 0) + 1);
    end += width(point);
  }
  // All that is taken off is one unit wide. A bracket stays while its other half is in the address.
  for (;;) {
    const last = at(text, end - 1);
    const other = BRACKETS.get(last);
    const lone = other !== undefined && (open.get(last) ?? 0) > (open.get(other) ?? 0);
    if (!AFTER_LINK.has(last) && !lone) return end;
    open.set(last, (open.get(last) ?? 0) - 1);
    end -= 1;
  }
}

/** The end of a name that begins at `start`; points stand only inside. */
function nameEnd(text: Readable, start: number): number {
  let end = start;
  for (;;) {
    const point = at(text, end);
    const inside = point === POINT && end > start && isNameLetter(at(text, end + 1));
    if (!inside && !isNameLetter(point)) return end;
    end += 1;
  }
}

function hashtagAt(text: Readable, start: number): Entity | null {
  const end = wordEnd(text, start + 1);
  const value = foldHashtag(text.slice(start + 1, end));
  return value === null ? null : { kind: 'hashtag', start, end, value };
}

function mentionAt(text: Readable, start: number): Entity | null {
  const end = nameEnd(text, start + 1);
  const after = at(text, end);
  const length = end - start - 1;
  // Going on in another script it is another word, and before another @ it is a name of another server.
  if (length === 0 || length > USERNAME_MAX || after === AT || (after !== -1 && isWord(after)))
    return null;
  return { kind: 'mention', start, end, value: text.slice(start + 1, end).toLowerCase() };
}

/**
 * Hashtags, mentions and links of a text, in order, without overlaps. Reads every character a fixed
 * number of times, whatever the text.
 *
 * A hashtag is a default hashtag identifier of Unicode (UAX #31, D2) without emoji, `-` and `+`, with
 * one letter at least, that does not begin inside a word; it may follow another directly (`#a#b`).
 */
export function findEntities(text: Readable): Entity[] {
  const found: Entity[] = [];
  let index = 0;
  /** The two code points before `index`. */
  let before = -1;
  let earlier = -1;
  const inWord = (point: number) => point !== -1 && isWord(point);
  while (index < text.length) {
    const point = at(text, index);
    let entity: Entity | null = null;
    if (HASHES.has(point)) {
      const last = found.at(-1);
      const follows = last?.kind === 'hashtag' && last.end === index;
      if (follows || !(inWord(before) || NO_HASHTAG_AFTER.has(before)))
        entity = hashtagAt(text, index);
    } else if (point === AT) {
      const mail = OF_MAIL.has(before) && inWord(earlier);
      if (!mail && !inWord(before) && !NO_MENTION_AFTER.has(before))
        entity = mentionAt(text, index);
    } else if ((point === 0x68 || point === 0x48) && !inWord(before)) {
      const end = linkEnd(text, index);
      if (end > index) entity = { kind: 'link', start: index, end, value: text.slice(index, end) };
    }
    if (entity) {
      found.push(entity);
      index = entity.end;
      // Whatever it was, it ended in a word or in part of an address.
      before = code('_');
      earlier = before;
    } else {
      index += width(point);
      earlier = before;
      before = point;
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
