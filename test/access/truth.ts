/**
 * Who may know what, said once more and in other words than the server's own policy, so that the two
 * can disagree. Nothing of server/ is imported here.
 */

export const AUTHORS = ['public', 'private', 'suspended', 'deleted'] as const;
export type AuthorState = (typeof AUTHORS)[number];

/** Whether nobody is there for anybody: not even for themselves. */
export const isClosed = (author: AuthorState) => author === 'suspended' || author === 'deleted';

export const POST_STATES = [
  'everyone',
  'followers',
  'close_friends',
  'archived',
  'deleted',
  'processing',
  'failed',
] as const;
export type PostState = (typeof POST_STATES)[number];

/** Everyone but `guest` and `owner` has an account of their own and one relation to every author. */
export const ASKERS = [
  'guest',
  'stranger',
  'follower',
  'friend',
  'blocked',
  'blocker',
  'muter',
  'moderator',
  'owner',
] as const;
export type Asker = (typeof ASKERS)[number];

/** `friend` follows and is a close friend; `muter` follows and has muted. */
const FOLLOWS: readonly Asker[] = ['follower', 'friend', 'muter'];

/** Whether the account is there for them at all. */
export function mayKnowAuthor(asker: Asker, author: AuthorState): boolean {
  if (isClosed(author)) return false;
  return asker !== 'blocked';
}

/** Whether what the account shares with those who may see it is for them. */
export function mayKnowContent(asker: Asker, author: AuthorState): boolean {
  if (!mayKnowAuthor(asker, author) || asker === 'blocker') return false;
  return author === 'public' || asker === 'owner' || FOLLOWS.includes(asker);
}

/** Whether they may know that the post exists, by any way but the lists of what its author put away. */
export function mayKnowPost(asker: Asker, author: AuthorState, post: PostState): boolean {
  if (!mayKnowContent(asker, author) || post === 'deleted') return false;
  if (asker === 'owner') return true;
  switch (post) {
    case 'everyone':
      return true;
    case 'followers':
      return FOLLOWS.includes(asker);
    case 'close_friends':
      return asker === 'friend';
    default:
      return false;
  }
}

/** Whether they may like it, talk about it, save it: never what nobody else can see. */
export function mayEngage(asker: Asker, author: AuthorState, post: PostState): boolean {
  const others: readonly PostState[] = ['everyone', 'followers', 'close_friends'];
  return others.includes(post) && mayKnowPost(asker, author, post);
}
