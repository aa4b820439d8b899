import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { PublicPicture, PublicPost, PublicVideo } from '../features/sharing/public-post.ts';
import { escapeHtml, excerpt, tag } from './html.ts';
import { originOf } from './origin.ts';
import { addressOf, type PublicPlaces, SITE_NAME, titleOf } from './public-pages.ts';

/** How long a browser may keep the page: short, because a post can be hidden at any time. */
const AGE_S = 60;
const CAPTION_MAX = 400;

const STYLE = `
:root { color-scheme: light dark; --surface: #fff; --text: #1d1b18; --quiet: #66615a; --line: #e4e1db; }
@media (prefers-color-scheme: dark) {
  :root { --surface: #1c1a18; --text: #f1eee9; --quiet: #a8a198; --line: #322f2b; }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; block-size: 100vh; overflow: hidden;
  border: 1px solid var(--line); border-radius: 12px; background: var(--surface); color: var(--text);
  font: 14px/1.4 system-ui, sans-serif; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, ul:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
header, footer { display: flex; align-items: center; gap: 10px; padding: 10px 14px; min-inline-size: 0; }
header img { inline-size: 32px; block-size: 32px; border-radius: 50%; }
header span, h1 { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header div { flex: 1; min-inline-size: 0; }
h1 { font-size: 14px; }
.quiet { color: var(--quiet); font-size: 12px; }
main { display: grid; grid-template-rows: minmax(0, 1fr); min-block-size: 0; }
ul { display: flex; overflow-x: auto; list-style: none; scroll-snap-type: x mandatory; }
li { flex: 0 0 100%; min-block-size: 0; scroll-snap-align: center; }
li img, li video { display: block; inline-size: 100%; block-size: 100%; object-fit: contain; background: var(--line); }
footer { display: grid; gap: 4px; }
footer p { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  overflow-wrap: anywhere; }
footer a { font-weight: 600; padding-block: 4px; }
.gone { display: grid; place-items: center; padding: 24px; text-align: center; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** No scripts at all, pictures and videos of ours only, and the one page that others may put into a frame. */
const POLICY = [
  "default-src 'none'",
  "img-src 'self'",
  "media-src 'self'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors *',
].join('; ');

/** `/embed/p/{post_id}`: a public post as a small page for the frames of other sites. */
export function serveEmbeds(app: FastifyInstance, config: Config, places: PublicPlaces): void {
  app.get('/embed/p/:id', { schema: { hide: true } }, async (request, reply) => {
    const post = await places.post((request.params as { id: string }).id);
    reply
      .removeHeader('x-frame-options')
      .removeHeader('cross-origin-opener-policy')
      .headers({
        'content-security-policy': POLICY,
        'cross-origin-resource-policy': 'cross-origin',
        'referrer-policy': 'no-referrer',
        'cache-control': `public, max-age=${AGE_S}`,
        'x-robots-tag': 'noindex',
      })
      .type('text/html; charset=utf-8');
    if (!post) return reply.code(404).send(documentOf('Not here', GONE));
    return documentOf(titleOf(post), bodyOf(post, originOf(config, request)));
  });
}

const GONE = `<main class="gone"><p>This post is not here. It may have been deleted, or it never was.</p></main>`;

function documentOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Links leave the frame. */
const link = (href: string, inner: string) =>
  `${tag('a', { href, target: '_blank', rel: 'noopener' })}${inner}</a>`;

function bodyOf(post: PublicPost, origin: string): string {
  const { author, original, pictures } = post;
  const shown = original?.author ?? author;
  const face = shown.profile_picture
    ? tag('img', { src: shown.profile_picture, alt: '', width: 32, height: 32 })
    : '';
  const by = original ? `<span class="quiet">${escapeHtml(author.username)} reposted</span>` : '';
  const name = `<h1>${escapeHtml(shown.username)}</h1>`;
  const url = addressOf(post, origin);
  const caption = excerpt(post.caption || (original?.caption ?? ''), CAPTION_MAX);
  return `<header>${face}<div>${by}${link(`${origin}/${shown.username}`, name)}</div></header>
<main>${stripOf(pictures, url)}</main>
<footer>${caption ? `<p dir="auto">${escapeHtml(caption)}</p>` : ''}${link(url, `View on ${SITE_NAME}`)}</footer>`;
}

/** The browser's own player: there are no scripts here. What was animated goes round without sound. */
function videoOf({ path, width, height, alt }: PublicPicture, video: PublicVideo): string {
  const on = '';
  const round = video.loops ? { loop: on, muted: on } : {};
  const player = tag('video', {
    ...{ controls: on, playsinline: on, preload: 'none', poster: path, width, height },
    ...{ 'aria-label': alt === '' ? 'Video without a description' : alt, ...round },
  });
  const captions = video.captions.map(({ language, path: src }) =>
    tag('track', { kind: 'captions', src, srclang: language, label: language }),
  );
  return `${player}${tag('source', { src: video.path, type: video.type })}${captions.join('')}</video>`;
}

/** Several are scrolled sideways, by finger or arrow keys. */
function stripOf(pictures: readonly PublicPicture[], url: string): string {
  const items = pictures.map((picture, index) => {
    const { path, width, height, alt, video } = picture;
    if (video) return `<li>${videoOf(picture, video)}</li>`;
    const loading = index === 0 ? undefined : 'lazy';
    const words = alt === '' ? 'Photo without a description' : alt;
    return `<li>${link(url, tag('img', { src: path, alt: words, width, height, loading }))}</li>`;
  });
  const label = pictures.length > 1 ? ' tabindex="0" aria-label="Photos"' : '';
  return `<ul${label}>${items.join('')}</ul>`;
}
