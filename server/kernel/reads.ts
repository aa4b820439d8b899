/**
 * What a value was made from: while something is worked out without waiting, whatever is read from near
 * memory says under which keys of `touch-keys.ts` it stands, so that the outcome can be kept as long as
 * none of them is touched (touch-stamps.ts). Keys are noted as hashes, in two parts, because to put them
 * together and hash the whole takes longer than the read itself.
 */
export interface Reads {
  /** Hashes of keys; one may be there more than once. */
  readonly hashes: readonly number[];
  /** From this time on (milliseconds since 1970) the outcome may be another one without any touch. */
  readonly until: number;
}

interface Notes {
  readonly hashes: number[];
  until: number;
}

let notes: Notes | null = null;

/** FNV-1a (RFC 9923) of a key; `from` is that of what stands before the text. */
export function hashKey(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let n = 0; n < text.length; n += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  }
  return hash;
}

/** Says that what is worked out depends on what stands under this key; `from` as for `hashKey`. */
export function noteRead(key: string, from?: number): void {
  notes?.hashes.push(hashKey(key, from));
}

/** The same of what was noted before, when that was made which is read now. */
export function noteHashes(hashes: readonly number[]): void {
  if (!notes) return;
  for (let n = 0; n < hashes.length; n += 1) notes.hashes.push(hashes[n] as number);
}

/** Says that what is worked out holds until this time. */
export function noteUntil(millis: number): void {
  if (notes && millis < notes.until) notes.until = millis;
}

/** Does `work`, which must not wait for anything, and tells what it read. */
export function noteReads<Made>(work: () => Made): { readonly made: Made; readonly reads: Reads } {
  const outer = notes;
  const mine: Notes = { hashes: [], until: Number.POSITIVE_INFINITY };
  notes = mine;
  try {
    return { made: work(), reads: mine };
  } finally {
    notes = outer;
  }
}
