/**
 * What a value was made from: while something is worked out without waiting, whatever is read from near
 * memory says under which keys of `touch-keys.ts` it stands, so that the outcome can be kept as long as
 * none of them is touched (touch-stamps.ts).
 */
export interface Reads {
  /** May hold a key more than once. */
  readonly keys: readonly string[];
  /** From this time on (milliseconds since 1970) the outcome may be another one without any touch. */
  readonly until: number;
}

interface Notes {
  readonly keys: string[];
  until: number;
}

let notes: Notes | null = null;

/** Says that what is worked out depends on what stands under this key. */
export function noteRead(key: string): void {
  notes?.keys.push(key);
}

/** Says that what is worked out holds until this time. */
export function noteUntil(millis: number): void {
  if (notes && millis < notes.until) notes.until = millis;
}

/** Does `work`, which must not wait for anything, and tells what it read. */
export function noteReads<Made>(work: () => Made): { readonly made: Made; readonly reads: Reads } {
  const outer = notes;
  const mine: Notes = { keys: [], until: Number.POSITIVE_INFINITY };
  notes = mine;
  try {
    return { made: work(), reads: mine };
  } finally {
    notes = outer;
  }
}
