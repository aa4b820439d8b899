/**
 * Guards that the access test cannot miss, by their key, and why they are there all the same: another
 * one stands before them in time or place, or nobody is shown anything by them.
 */
export const SECOND_LINES: Readonly<Record<string, string>> = {
  'server/features/posts/read.ts visiblePost in engageablePost': 'what may be liked may be seen',
  'server/features/comments/create.ts mayEngage in demandMayComment':
    'asked once more under the lock, for what changed meanwhile; see comment-races.test.ts',
  'server/features/comments/pin.ts meetableIn in demandRoom': 'makes room, and shows nobody',
  'server/features/explore/feed.ts belongsInExplore in show':
    'recommendations are those of some minutes ago, so each guard is tried in explore.test.ts',
  'server/features/explore/feed.ts meetable in namesOfLikers':
    'who is named as liking something, see explore.test.ts; only who is followed is named at all',
  'server/features/explore/make.ts belongsInExplore in makeExplore':
    'what to recommend; each read asks again',
  'server/features/explore/popular.ts isOpenToAll in findPopularPosts':
    'what to recommend; each read asks again',
  'server/features/feed/by-hashtag.ts isOpenToAll in comesByHashtag':
    'home asks whether the post may be seen before it asks why it is there',
  'server/features/feed/by-hashtag.ts isOpenToAll in pushByHashtags':
    'puts it into a feed, where each read asks again',
  'server/features/graph/suggest.ts meetableIn in fitting':
    'whom to keep as a suggestion; each read asks again',
  'server/features/posts/naming.ts meetableIn in peopleNamed':
    'who is named when it is written; each read asks again',
  'server/features/posts/untag.ts visiblePost in removeOwnTag':
    'the answer shows the post, and asks again before it tells anything',
  'server/features/topics/index-post.ts isOpenToAll in wantedOf':
    'counts and rankings, see hashtags.test.ts; each read of a post asks again',
};
