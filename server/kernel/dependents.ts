const NONE: readonly string[] = [];

/** Which places depend on which keys, besides that of their own. */
export class Dependents {
  readonly #byKey = new Map<string, Set<string>>();
  readonly #byPlace = new Map<string, readonly string[]>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  set(place: string, keys: readonly string[]): void {
    this.#byPlace.set(place, keys);
    for (const key of keys) {
      const places = this.#byKey.get(key);
      if (places) places.add(place);
      else this.#byKey.set(key, new Set([place]));
    }
  }

  remove(place: string): void {
    const keys = this.#byPlace.get(place);
    if (!keys) return;
    this.#byPlace.delete(place);
    for (const key of keys) {
      const places = this.#byKey.get(key);
      places?.delete(place);
      if (places?.size === 0) this.#byKey.delete(key);
    }
  }

  clear(): void {
    this.#byKey.clear();
    this.#byPlace.clear();
  }

  /** As they are now, whatever becomes of them meanwhile. */
  of(key: string): readonly string[] {
    const places = this.#byKey.get(key);
    return places ? [...places] : NONE;
  }

  /** Whether any key begins so. */
  hasKind(kind: string): boolean {
    for (const key of this.#byKey.keys()) if (key.startsWith(kind)) return true;
    return false;
  }
}
