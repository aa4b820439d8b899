import type { DraftId } from '../../../api/ids.ts';
import type { Place } from '../../../api/places.ts';
import type { Audience } from '../../../api/posts.ts';

/** What is said of a whole post beside its caption. */
export interface Details {
  readonly place: Place | null;
  readonly audience: Audience;
  readonly likesHidden: boolean;
  readonly commentsOff: boolean;
}

export const PLAIN: Details = {
  place: null,
  audience: 'everyone',
  likesHidden: false,
  commentsOff: false,
};

/** Somebody on a spot of a picture, as fractions of its width and height. */
export interface Spot {
  readonly username: string;
  readonly x: number;
  readonly y: number;
}

/** A draft at the server that a pending post was opened from. */
export interface OpenedFrom {
  readonly draftId: DraftId;
  /** When it was last changed there. */
  readonly updatedAt: string;
}
