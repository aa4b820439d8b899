import { PLACE_NAME_MAX } from '../../../api/limits.ts';

/** A name as it is shown: one line, single spaces, nothing unseen that turns the reading direction. */
export function tidyName(typed: string): string {
  return typed
    .normalize('NFC')
    .replace(/\p{Cc}|\p{Zl}|\p{Zp}/gu, ' ')
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** The form that names are compared in and found by: compatibility forms united, in small letters. */
export function foldName(name: string): string {
  const folded = tidyName(name.normalize('NFKC').toLowerCase().normalize('NFKC'));
  return Array.from(folded).slice(0, PLACE_NAME_MAX).join('');
}

/** The first letter, under which a folded name is listed. */
export function initialOf(folded: string): string {
  return String.fromCodePoint(folded.codePointAt(0) ?? 0);
}
