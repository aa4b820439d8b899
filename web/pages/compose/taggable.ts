import type { ComponentChildren } from 'preact';
import type { Spot } from '../../data/uploads/details.ts';

/** A picture on which people can be tagged. */
export interface Taggable {
  readonly id: string;
  /** Width by height of the picture as it is shown. */
  readonly ratio: number;
  readonly picture: ComponentChildren;
  /** By spots of the picture as it is shown. */
  readonly tagged: readonly Spot[];
}

export interface TaggingProps {
  readonly pictures: readonly Taggable[];
  /** The picture to begin with. */
  readonly start?: string | undefined;
  readonly onTagged: (pictureId: string, tagged: readonly Spot[]) => void;
}
