import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

export type Cache<Value> = ReturnType<typeof createCache<Value>>;

/** What is known of each thing, by id: one signal each, so that every place shows the same. */
export function createCache<Value>() {
  const held = new Map<string, Signal<Value | undefined>>();

  const cell = (id: string): Signal<Value | undefined> => {
    const known = held.get(id) ?? signal<Value | undefined>(undefined);
    held.set(id, known);
    return known;
  };

  return {
    /** What is known now and from now on; undefined while nothing is. */
    at: (id: string): ReadonlySignal<Value | undefined> => cell(id),
    peek: (id: string): Value | undefined => held.get(id)?.peek(),
    put(id: string, value: Value): void {
      cell(id).value = value;
    },
    /** Changes what is known; does nothing when nothing is. */
    change(id: string, change: (now: Value) => Partial<Value>): void {
      const now = held.get(id)?.peek();
      if (now !== undefined) cell(id).value = { ...now, ...change(now) };
    },
    /** Forgets everything, also where it is shown. */
    clear(): void {
      for (const known of held.values()) known.value = undefined;
      held.clear();
    },
  };
}
