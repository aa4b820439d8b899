/**
 * Guards that the access test cannot miss, by their key, and why they are there all the same: another
 * one stands before them in time or place, or nobody is shown anything by them.
 */
export const SECOND_LINES: Readonly<Record<string, string>> = {
  'server/features/posts/read.ts visiblePost in engageablePost': 'what may be liked may be seen',
  'server/features/comments/create.ts mayEngage in demandMayComment':
    'asked once more under the lock, for what changed meanwhile; see comment-races.test.ts',
  'server/features/comments/pin.ts meetable in demandRoom': 'makes room, and shows nobody',
  'server/features/feed/by-hashtag.ts isOpenToAll in comesByHashtag':
    'home asks whether the post may be seen before it asks why it is there',
  'server/features/feed/by-hashtag.ts isOpenToAll in handle':
    'puts it into a feed, where each read asks again',
  'server/features/graph/suggest.ts meetable in fitting':
    'whom to keep as a suggestion; each read asks again',
  'server/features/posts/naming.ts meetable in peopleNamed':
    'who is named when it is written; each read asks again',
  'server/features/posts/untag.ts visiblePost in removeOwnTag':
    'the answer shows the post, and asks again before it tells anything',
  'server/features/topics/index-post.ts isOpenToAll in wantedOf':
    'counts and rankings, see hashtags.test.ts; each read of a post asks again',
};
