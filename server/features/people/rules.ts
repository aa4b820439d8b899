import { USERNAME_PATTERN } from '../../../api/people.ts';

const pattern = new RegExp(USERNAME_PATTERN);

/** Names that are, or may become, addresses of the server, and names that would deceive. */
const RESERVED = new Set(
  `about account accounts activity admin administrator api app aperto archive assets auth blog
  collections confirm contact conversations copyright demo dev direct discover docs download drafts edit
  everyone explore export favicon feed feedback followers following health help highlights home
  hashtag hashtags import inbox info invite jobs legal like likes live location locations log-in
  login logout mail manifest me media messages metrics mod moderation moderator new news
  notifications null oauth oembed official owner p people places post posts press privacy profile
  push realtime reels register report reports requests robots root saved search security service settings
  share sign-up signup sitemap staff static status stories story suggested support system tags team terms
  undefined upload uploads user username users verify webfinger well-known www`.split(/\s+/),
);

/** Profiles stand at /{username}, beside the files of the web app. */
const LIKE_A_FILE = /\.(css|html|ico|js|json|png|svg|txt|webmanifest|xml)$/;

/** What is wrong with a new username, as a sentence, or null when it may be used. */
export function usernameFault(username: string): string | null {
  if (/[A-Z]/.test(username)) return 'must be in small letters';
  if (/\s/.test(username)) return 'must not contain spaces';
  if (!pattern.test(username)) {
    return 'must be 1 to 30 letters (a–z), digits, points and underscores, and must not begin or end with a point';
  }
  if (username.includes('..')) return 'must not contain two points in a row';
  if (LIKE_A_FILE.test(username)) return 'must not end like the name of a file';
  if (RESERVED.has(username)) return 'is reserved; choose another one';
  return null;
}
