/** Items `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type Heights = ReturnType<typeof createHeights>;

/** Heights of the items of a long list in pixels: measured where they have been seen, else guessed. */
export function createHeights(estimate: (id: string) => number) {
  let known = new Map<string, number>();
  let guess = estimate;
  let width = 0;

  const heightOf = (id: string) => known.get(id) ?? guess(id);

  return {
    setEstimate(next: (id: string) => number): void {
      guess = next;
    },
    measured(id: string, height: number): void {
      known.set(id, height);
    },
    /** Another width means other heights: those measured before hold no more. */
    setWidth(next: number): void {
      if (width !== 0 && next !== width) known = new Map();
      width = next;
    },
    /** Where each item begins, counted from the start of the list; the last number is its end. */
    offsets(ids: readonly string[]): Float64Array {
      const sums = new Float64Array(ids.length + 1);
      for (const [index, id] of ids.entries()) {
        sums[index + 1] = (sums[index] ?? 0) + heightOf(id);
      }
      return sums;
    },
    /** The items that touch the stretch from `top` to `bottom`; at least one, when there are any. */
    range(ids: readonly string[], top: number, bottom: number): Range {
      let y = 0;
      let from = 0;
      while (from < ids.length - 1) {
        const end = y + heightOf(ids[from] ?? '');
        if (end > top) break;
        y = end;
        from += 1;
      }
      let to = from;
      while (to < ids.length && (to === from || y < bottom)) {
        y += heightOf(ids[to] ?? '');
        to += 1;
      }
      return { from, to };
    },
  };
}
