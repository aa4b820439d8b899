import type { EventPayload } from '../../kernel/events.ts';

/**
 * Events of the group `posts`, kept under the post; payload: `author_id`, of a repost its original
 * (`repost_of`, `repost_author_id`), whether the post is to be seen by others from now on (`shown`):
 * published, not archived, not deleted; and whether it has hashtags or a place (`topics`; older ones do
 * not say).
 */
export const PUBLISHED = 'post.published';
/** Its author changed something that is said of it, or for whom it is. */
export const EDITED = 'post.edited';
/** Somebody took themselves off its pictures; payload also: `person_id`. */
export const UNTAGGED = 'post.untagged';
export const ARCHIVED = 'post.archived';
export const UNARCHIVED = 'post.unarchived';
export const DELETED = 'post.deleted';
export const RESTORED = 'post.restored';

/** Whether the post is a repost: it has no pictures of its own, and stands under no topic. */
export const isOfRepost = ({ repost_of }: EventPayload): boolean => typeof repost_of === 'string';

/** Whether the post had no topic to stand under when this was written. */
export const isWithoutTopics = (payload: EventPayload): boolean =>
  isOfRepost(payload) || payload.topics === false;
