/** Pages of hashtags and places, and the hashtags that one follows. */
export const topics = {
  'topic.order': 'Which posts first',
  'topic.top': 'Top',
  'topic.recent': 'Recent',
  'topic.posts': { one: '{count} public post', other: '{count} public posts' },

  'tag.follow': 'Follow',
  'tag.unfollow': 'Following',
  'tag.follow-failed': '#{tag} could not be followed. {reason}',
  'tag.unfollow-failed': '#{tag} could not be unfollowed. {reason}',
  'tag.failed': 'This hashtag could not be loaded',
  'tag.none': 'No posts yet',
  'tag.none-text': 'Posts with #{tag} that you may see will be here.',
  'tag.wrong': 'This is not a hashtag',
  'tag.wrong-text':
    'A hashtag is a word of letters, digits and underscores, with one letter at least.',

  'place.open': 'Open in OpenStreetMap',
  'place.north': '{degrees}° N',
  'place.south': '{degrees}° S',
  'place.east': '{degrees}° E',
  'place.west': '{degrees}° W',
  'place.spot': '{latitude}, {longitude}',
  'place.failed': 'This place could not be loaded',
  'place.gone': 'This place is not here',
  'place.gone-text': 'The address may be mistyped.',
  'place.none': 'No posts yet',
  'place.none-text': 'Posts from here that you may see will be here.',

  'hashtags.text': 'Public posts with these hashtags come to your home feed.',
  'hashtags.none': 'No hashtags yet',
  'hashtags.none-text':
    'Open a hashtag and follow it: its public posts then come to your home feed.',
  'hashtags.failed': 'Your hashtags could not be loaded',
} as const;
