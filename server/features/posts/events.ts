/** Events of the group `posts`, kept under the post; payload: `author_id`. */
export const PUBLISHED = 'post.published';
export const DELETED = 'post.deleted';
