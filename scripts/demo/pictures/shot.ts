import type { Order } from './order.ts';

const SHAPES = {
  portrait: { width: 1600, height: 2000 },
  square: { width: 2000, height: 2000 },
  wide: { width: 2400, height: 1350 },
} as const;

/** One picture that can be taken again and again, and comes out the same each time. */
export interface Shot {
  /** What it shows, for those who cannot see it. */
  readonly alt: string;
  /** Makes it as JPEG, at most 2,400 pixels wide. Takes about a second. */
  readonly take: () => Promise<Buffer>;
}

export function shot<Look extends object>(
  shape: keyof typeof SHAPES,
  alt: string,
  paint: (order: Order & Look) => Promise<Buffer>,
  look: Look & { readonly seed: number },
): Shot {
  return { alt, take: () => paint({ ...SHAPES[shape], ...look }) };
}
