import { locale } from '../strings/strings.ts';

/** A language (BCP 47) in the reader's words: "Portuguese (Brazil)"; its code when there are none. */
export function languageName(language: string): string {
  const names = new Intl.DisplayNames([locale.value], { type: 'language', fallback: 'code' });
  try {
    return names.of(language) ?? language;
  } catch (error) {
    if (error instanceof RangeError) return language; // no language at all
    throw error;
  }
}
