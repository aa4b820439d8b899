import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { Problem } from '../kernel/problem.ts';
import type { RefreshCookie } from '../kernel/route.ts';

/**
 * The refresh token's cookie. Over HTTPS it carries the `__Host-` prefix, which browsers accept only
 * with Secure, Path=/ and no Domain; plain HTTP (a laptop, a home network) gets a name of its own.
 */
export function refreshCookie(
  config: Config,
  request: FastifyRequest,
  reply: FastifyReply,
): RefreshCookie {
  const secure = isSecure(config, request);
  const name = secure ? '__Host-aperto-refresh' : 'aperto-refresh';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  return {
    read: () => request.cookies[name] ?? null,
    write: (token, maxAge) => void reply.setCookie(name, token, { ...options, maxAge }),
    clear: () => void reply.clearCookie(name, options),
    demandSameOrigin: () => demandSameOrigin(config, request),
  };
}

function isSecure(config: Config, request: FastifyRequest): boolean {
  return config.publicUrl?.startsWith('https:') ?? request.protocol === 'https';
}

/**
 * Cookies come with every request that a browser makes, so a route that believes one asks where the
 * request was made (Fetch Metadata, and Origin for browsers without it). Throws `origin_refused`.
 */
export function demandSameOrigin(config: Config, request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site !== 'same-origin') throw new Problem('origin_refused');
    return;
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(config, origin, request.host)) {
    throw new Problem('origin_refused');
  }
}

/** Whether `origin` is this server as its visitors know it. */
export function isOwnOrigin(config: Config, origin: string, host: string): boolean {
  if (config.publicUrl !== null) return origin === config.publicUrl;
  return URL.canParse(origin) && new URL(origin).host === host;
}
