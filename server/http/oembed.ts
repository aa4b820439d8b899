import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { API_BASE } from '../../api/route.ts';
import type { Oembed } from '../../api/sharing.ts';
import type { Config } from '../config.ts';
import type { PublicPost } from '../features/sharing/public-post.ts';
import { Problem } from '../kernel/problem.ts';
import { tag } from './html.ts';
import { originOf } from './origin.ts';
import { type PublicPlaces, SITE_NAME, titleOf } from './public-pages.ts';
import { compileCheck } from './validation.ts';

/** Seconds for which a reader may keep the answer. */
const CACHE_AGE_S = 300;
/** CSS pixels, as other hosts of photos have it. */
const WIDTH = 540;
/** Above and below the picture: name, caption, link. */
const AROUND = 150;
const TALLEST = 1.25;
const LARGEST = 10_000;

const Size = Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST }));
const checkQuery = compileCheck(
  'query',
  // Others that the caller adds mean nothing to us: the standard allows them.
  Type.Object({
    url: Type.String({ maxLength: 2000 }),
    maxwidth: Size,
    maxheight: Size,
    format: Type.Optional(Type.String({ maxLength: 20 })),
  }),
);

interface Query {
  readonly url: string;
  readonly maxwidth?: number;
  readonly maxheight?: number;
  readonly format?: string;
}

/**
 * oEmbed 1.0 (oembed.com) for the addresses of public posts, outside the envelope, as its readers
 * expect. What not everyone may see answers like what does not exist: 404.
 */
export function serveOembed(app: FastifyInstance, config: Config, places: PublicPlaces): void {
  app.get(`${API_BASE}/oembed`, { schema: { hide: true } }, async (request, reply) => {
    // Public, so that scripts of other sites may ask too.
    reply.header('access-control-allow-origin', '*');
    const query = checkQuery(request.query) as Query;
    if ((query.format ?? 'json') !== 'json') throw new Problem('format_unsupported');
    const postId = postAt(query.url, config, request);
    const post = postId === null ? null : await places.post(postId);
    if (!post) throw new Problem('not_found');
    reply.header('cache-control', `public, max-age=${CACHE_AGE_S}`);
    return answer(post, query, originOf(config, request));
  });
}

/** The post that an address of this server is about. Its scheme does not matter: a proxy may have changed it. */
function postAt(address: string, config: Config, request: FastifyRequest): string | null {
  if (!URL.canParse(address)) return null;
  const { host, pathname } = new URL(address);
  if (host !== new URL(originOf(config, request)).host) return null;
  return /^\/p\/([0-9]+)\/?$/.exec(pathname)?.[1] ?? null;
}

function answer(post: PublicPost, { maxwidth, maxheight }: Query, origin: string): Oembed {
  const [first] = post.pictures;
  const width = Math.min(WIDTH, maxwidth ?? WIDTH);
  const ratio = Math.min(TALLEST, first ? first.height / first.width : 0.5);
  const height = Math.min(Math.round(width * ratio) + AROUND, maxheight ?? LARGEST);
  const title = titleOf(post);
  const frame = tag('iframe', {
    src: `${origin}/embed/p/${post.postId}`,
    width,
    height,
    title,
    loading: 'lazy',
    style: 'border:0;max-width:100%',
  });
  const thumbnail = first?.thumbnail;
  const fits =
    thumbnail &&
    thumbnail.width <= (maxwidth ?? LARGEST) &&
    thumbnail.height <= (maxheight ?? LARGEST);
  return {
    version: '1.0',
    type: 'rich',
    title,
    author_name: post.author.full_name || post.author.username,
    author_url: `${origin}/${post.author.username}`,
    provider_name: SITE_NAME,
    provider_url: origin,
    cache_age: CACHE_AGE_S,
    ...(fits
      ? {
          thumbnail_url: origin + thumbnail.path,
          thumbnail_width: thumbnail.width,
          thumbnail_height: thumbnail.height,
        }
      : {}),
    html: `${frame}</iframe>`,
    width,
    height,
  };
}
