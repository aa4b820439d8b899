/** A JSON value that is to be sent as JSON whatever it is: a list, a text, a number. */
export class Json {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/**
 * Marks a parameter as JSON. Plain objects need no mark; a list does, because without it a list is a
 * PostgreSQL array, and so does a text, because without it a text is taken for JSON's own notation.
 */
export function json(value: unknown): Json {
  return new Json(value);
}
