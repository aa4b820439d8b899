/**
 * Events of the group `posts`, kept under the post; payload: `author_id`, and whether the post is to be
 * seen by others from now on (`shown`): published, not archived, not deleted.
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
