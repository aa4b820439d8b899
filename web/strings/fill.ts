/** Forms of a sentence by `Intl.PluralRules` category; `other` is always there. */
export type Plural = { readonly other: string } & {
  readonly [Rule in Intl.LDMLPluralRule]?: string | undefined;
};
export type Entry = string | Plural;
export type Vars = Readonly<Record<string, string | number>>;

/** Chooses the form for `vars.count` and fills the holes; a hole without a value stays as it stands. */
export function fill(entry: Entry, vars: Vars, locale: string, show: (count: number) => string) {
  const text = typeof entry === 'string' ? entry : form(entry, vars.count, locale);
  return text.replace(/\{([a-z_]+)\}/g, (hole, name: string) => {
    const value = vars[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? show(value) : value;
  });
}

function form(entry: Plural, count: string | number | undefined, locale: string): string {
  if (typeof count !== 'number') return entry.other;
  return entry[new Intl.PluralRules(locale).select(count)] ?? entry.other;
}

const ACCENTS: Record<string, string> = {
  a: 'á',
  c: 'ç',
  d: 'ď',
  e: 'é',
  g: 'ğ',
  i: 'í',
  l: 'ł',
  n: 'ñ',
  o: 'ö',
  r: 'ř',
  s: 'š',
  t: 'ť',
  u: 'ü',
  y: 'ý',
  z: 'ž',
  A: 'Å',
  C: 'Č',
  D: 'Ð',
  E: 'É',
  I: 'Ï',
  L: 'Ł',
  N: 'Ñ',
  O: 'Ø',
  S: 'Š',
  T: 'Ť',
  U: 'Ů',
};

/** A text made longer by two fifths and accented, to find what is not translated or does not fit. */
export function pseudo(text: string): string {
  const accented = text.replace(/\{[a-z_]+\}|[a-zA-Z]/g, (part) =>
    part.length > 1 ? part : (ACCENTS[part] ?? part),
  );
  // Spaces in between: languages with longer texts have more words, not one that nothing holds.
  const longer = '·'.repeat(Math.ceil(text.length * 0.4)).replace(/·{8}(?=·)/g, '$& ');
  return `⟦${accented}${longer}⟧`;
}
