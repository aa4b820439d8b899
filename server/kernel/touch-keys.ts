import type { PersonId, PostId, SessionId } from '../../api/ids.ts';

/**
 * The keys under which memory holds what reads need, and which a transaction touches when it changes it
 * (`Transaction.touch`; see docs/decisions/0017-near-caches.md). A store that writes one of these facts
 * touches its key in the same transaction, so no feature can forget to.
 */

/** All of a post that does not depend on who looks: its row, its pictures. */
export const ofPost = (id: PostId) => `post:${id}`;
/** Its likes, comments, reposts. */
export const ofCounts = (id: PostId) => `counts:${id}`;
/** A person's row: name, picture, privacy, state, what they take. */
export const ofPerson = (id: PersonId) => `person:${id}`;
/** Who holds this name. */
export const ofUsername = (username: string) => `username:${username}`;
/** How this person stands to anyone, and anyone to them: follows, requests, blocks, mutes, close friends. */
export const ofTies = (id: PersonId) => `ties:${id}`;
/** What this person has liked, saved, reposted, seen. */
export const ofMarks = (id: PersonId) => `marks:${id}`;
/** The hashtags that this person follows. */
export const ofFollowedTags = (id: PersonId) => `followed-tags:${id}`;
/** What was pushed to this person's home feed. */
export const ofHome = (id: PersonId) => `home:${id}`;
/** How this person wants their feed ordered, and what the ranking knows of their taste. */
export const ofTaste = (id: PersonId) => `taste:${id}`;
/** The versions of this person's ranked feed. */
export const ofRanked = (id: PersonId) => `ranked:${id}`;
/** The list of an author's posts. */
export const ofPostsBy = (id: PersonId) => `posts-by:${id}`;
/** Whether a session lives, and what its person may do. */
export const ofSession = (id: SessionId) => `session:${id}`;
/** Whose posts are pulled instead of pushed. */
export const PULLED_AUTHORS = 'pulled-authors';
/** That events of this group wait under this key for who delivers them. */
export const ofEvents = (group: string, key: string) => `${EVENTS}${group}:${key}`;
const EVENTS = 'events:';

/** What `ofEvents` was made of, of those of `keys` that it made. */
export function* eventsTouched(keys: Iterable<string>): Generator<{ group: string; key: string }> {
  for (const touched of keys) {
    if (!touched.startsWith(EVENTS)) continue;
    const [, group = '', key = ''] = touched.split(':');
    yield { group, key };
  }
}
