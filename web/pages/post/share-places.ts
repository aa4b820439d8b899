import type { ShareChannel } from '../../../api/sharing.ts';

/** Somewhere a link can be shared, and the address that begins it. */
export interface Place {
  readonly channel: ShareChannel;
  /** A name of its own; null for e-mail. */
  readonly name: string | null;
  readonly href: string;
}

const address = (base: string, query: Readonly<Record<string, string>>) =>
  `${base}?${new URLSearchParams(query)}`;

/** Places that take a link in their own address. */
export function placesFor(link: string, title: string): readonly Place[] {
  const text = `${title} ${link}`;
  return [
    {
      channel: 'bluesky',
      name: 'Bluesky',
      href: address('https://bsky.app/intent/compose', { text }),
    },
    {
      channel: 'facebook',
      name: 'Facebook',
      href: address('https://www.facebook.com/sharer/sharer.php', { u: link }),
    },
    {
      channel: 'tumblr',
      name: 'Tumblr',
      href: address('https://www.tumblr.com/widgets/share/tool', { canonicalUrl: link, title }),
    },
    {
      channel: 'x',
      name: 'X',
      href: address('https://x.com/intent/post', { text: title, url: link }),
    },
    {
      channel: 'email',
      name: null,
      // Mail programs read a plus as a plus, so spaces are written as %20 (RFC 6068).
      href: `mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(link)}`,
    },
  ];
}

/** The name of a Mastodon server as people write it, also with https:// or after their own; null when it is none. */
export function mastodonServer(given: string): string | null {
  const name = given
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/^@?[^@]*@/, '');
  return /^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(name)
    ? name
    : null;
}

export function mastodonShare(server: string, link: string, title: string): string {
  return address(`https://${server}/share`, { text: `${title} ${link}` });
}
