import { accounts } from './en/accounts.ts';
import { compose } from './en/compose.ts';
import { feed } from './en/feed.ts';
import { general } from './en/general.ts';
import { looks } from './en/looks.ts';
import { ownPosts } from './en/own-posts.ts';
import { people } from './en/people.ts';
import { posts } from './en/posts.ts';
import { relations } from './en/relations.ts';
import { settings } from './en/settings.ts';
import { sharing } from './en/sharing.ts';
import { storage } from './en/storage.ts';
import { topics } from './en/topics.ts';
import { videos } from './en/videos.ts';

/**
 * Every sentence of the app in English, which is also the list of what a translation must have. A
 * value is a text with `{holes}`, or its plural forms chosen by `count`.
 */
export const en = {
  ...general,
  ...accounts,
  ...posts,
  ...feed,
  ...compose,
  ...looks,
  ...people,
  ...relations,
  ...settings,
  ...sharing,
  ...topics,
  ...ownPosts,
  ...videos,
  ...storage,
};
