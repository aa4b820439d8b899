/** Each name costs memory on every connection, here and in PostgreSQL (about 10 kB there). */
const NAMES_MAX = 1000;
/** Parsing a longer text costs little beside running it, and few of them come twice. */
const TEXT_MAX = 8000;

/**
 * Names for prepared statements, one a text. The house's SQL is fixed, so the set is finite; what
 * exceeds it runs without a name.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #given = 0;

  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    if (this.#given >= NAMES_MAX || text.length > TEXT_MAX) return undefined;
    this.#given += 1;
    const name = `aperto_${this.#given}`;
    this.#names.set(text, name);
    return name;
  }

  /** Prepares the text anew at its next use, because its plan no longer fits. */
  forget(text: string): void {
    this.#names.delete(text);
  }
}
