import type { PublicPicture, PublicPost } from '../features/sharing/public-post.ts';
import type { PublicProfile } from '../features/sharing/public-profile.ts';
import { escapeHtml, excerpt, tag } from './html.ts';

/** What anyone may know of a place of the app; null where there is nothing for everyone. */
export interface PublicPlaces {
  post(postId: string): Promise<PublicPost | null>;
  profile(username: string): Promise<PublicProfile | null>;
}

export const SITE_NAME = 'Aperto';
/** What search engines and messengers show at most, with room to spare. */
const DESCRIPTION_MAX = 280;
/** A reader of links takes the first, and may show a few. */
const PICTURES_MAX = 4;

const nameOf = (person: { full_name: string; username: string }) =>
  person.full_name === ''
    ? `@${person.username}`
    : `${excerpt(person.full_name, 60)} (@${person.username})`;

/** The title of a post for those who do not see its picture. */
export function titleOf(post: PublicPost): string {
  if (!post.original) return `${nameOf(post.author)} on ${SITE_NAME}`;
  return `${nameOf(post.author)} reposted ${nameOf(post.original.author)} on ${SITE_NAME}`;
}

/** What is said of it: the caption, else what the picture shows. */
export function descriptionOf(post: PublicPost): string {
  const said =
    post.caption || post.original?.caption || post.pictures[0]?.alt || `A post on ${SITE_NAME}.`;
  return excerpt(said, DESCRIPTION_MAX);
}

export const addressOf = (post: PublicPost, origin: string) => `${origin}/p/${post.postId}`;

/**
 * What stands in the head of a page, for readers of links (Open Graph, ogp.me; Twitter's cards), for
 * search engines and for oEmbed's discovery (oembed.com, section 4).
 */
export async function headOf(
  places: PublicPlaces,
  path: string,
  origin: string,
): Promise<string | null> {
  const [first = '', second, ...more] = path.split('/').filter((part) => part !== '');
  if (more.length > 0) return null;
  if (second === undefined) {
    const profile = await places.profile(first);
    return profile && headOfProfile(profile, origin);
  }
  if (first !== 'p') return null;
  const post = await places.post(second);
  return post && headOfPost(post, origin);
}

/** Whether there would be something for `headOf` at such an address, if it existed. */
export const isPublicPath = (path: string) => /^\/(p\/[^/]+|[^/]+)\/?$/.test(path);

function headOfPost(post: PublicPost, origin: string): string {
  const title = titleOf(post);
  const url = addressOf(post, origin);
  const pictures = post.pictures.slice(0, PICTURES_MAX);
  const [first] = pictures;
  const oembed = `${origin}/api/v1/oembed?url=${encodeURIComponent(url)}`;
  return [
    ...commonHead({ title, description: descriptionOf(post), url, type: 'article' }),
    property('article:published_time', post.createdAt),
    property('article:author', `${origin}/${post.author.username}`),
    ...pictures.flatMap((picture) => pictureTags(picture, origin)),
    ...pictures.flatMap((picture) => videoTags(picture, origin)),
    named('twitter:card', first ? 'summary_large_image' : 'summary'),
    ...(first ? [named('twitter:image', origin + first.path)] : []),
    ...(first?.alt ? [named('twitter:image:alt', excerpt(first.alt, 400))] : []),
    tag('link', { rel: 'alternate', type: 'application/json+oembed', href: oembed, title }),
  ].join('\n    ');
}

function headOfProfile(profile: PublicProfile, origin: string): string {
  const who = nameOf({ full_name: profile.fullName, username: profile.username });
  const description = excerpt(profile.bio, DESCRIPTION_MAX) || `${who} is on ${SITE_NAME}.`;
  const url = `${origin}/${profile.username}`;
  const { picture } = profile;
  return [
    ...commonHead({ title: `${who} on ${SITE_NAME}`, description, url, type: 'profile' }),
    property('profile:username', profile.username),
    ...(picture
      ? [
          property('og:image', origin + picture),
          property('og:image:type', 'image/jpeg'),
          property('og:image:alt', `Profile picture of ${who}`),
        ]
      : []),
    named('twitter:card', 'summary'),
    ...(picture ? [named('twitter:image', origin + picture)] : []),
  ].join('\n    ');
}

interface Common {
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly type: 'article' | 'profile';
}

function commonHead({ title, description, url, type }: Common): string[] {
  return [
    `<title>${escapeHtml(title)}</title>`,
    named('description', description),
    tag('link', { rel: 'canonical', href: url }),
    property('og:site_name', SITE_NAME),
    property('og:type', type),
    property('og:title', title),
    property('og:description', description),
    property('og:url', url),
    named('twitter:title', title),
    named('twitter:description', description),
  ];
}

function pictureTags(picture: PublicPicture, origin: string): string[] {
  return [
    property('og:image', origin + picture.path),
    property('og:image:type', 'image/jpeg'),
    property('og:image:width', picture.width),
    property('og:image:height', picture.height),
    ...(picture.alt ? [property('og:image:alt', excerpt(picture.alt, 400))] : []),
  ];
}

/** Files only: readers of links do not play lists. */
function videoTags({ video, width, height }: PublicPicture, origin: string): string[] {
  if (video?.type !== 'video/mp4') return [];
  return [
    property('og:video', origin + video.path),
    property('og:video:type', video.type),
    property('og:video:width', width),
    property('og:video:height', height),
  ];
}

const property = (name: string, content: string | number) =>
  tag('meta', { property: name, content });
const named = (name: string, content: string) => tag('meta', { name, content });
