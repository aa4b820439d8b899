import type { PersonId } from '../../../api/ids.ts';
import type { Marks } from '../marks/store.ts';
import type { MediaRow } from '../media/store.ts';
import type { PostCard } from './cards.ts';
import type { Counts } from './counts-store.ts';
import type { PostLook } from './look.ts';

/**
 * All the parts of one post: what the rules ask for, and what is shown. `card`, `person` and `counts`
 * are the objects that memory holds for all readers: as long as they are the same, so is what was made
 * of them.
 */
export interface HydratedPost extends PostLook {
  readonly card: PostCard;
  readonly counts: Counts;
  readonly media: readonly MediaRow[];
  readonly marks: Marks;
  readonly original?: HydratedPost | null;
  /** Those of the tagged and mentioned who may stand before the viewer. */
  readonly named: ReadonlySet<PersonId>;
  /** It stands on top of the grid that is read. */
  readonly pinned?: boolean;
}
