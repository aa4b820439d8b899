import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.ts';
import { originalName, readOriginalKey, readServedKey } from '../../features/media/keys.ts';
import { opensOriginal, type SignedQuery } from '../../features/media/private-address.ts';
import { Problem } from '../../kernel/problem.ts';
import { type BlobKey, BlobMissing, type Blobs } from '../../ports/blobs/blobs.ts';
import type { Prepare } from './fast-lane.ts';
import type { Found, HotFiles } from './hot-files.ts';
import { type IsPostOpen, type Opening, openingOf } from './opening.ts';
import { handOn } from './playlists.ts';
import { matches, type Range, readRange } from './ranges.ts';

export type EdgeDeps = Pick<Context, 'blobs' | 'secrets' | 'clock'>;

export interface Edge extends EdgeDeps {
  readonly isPostOpen: IsPostOpen;
  readonly hot: HotFiles;
  readonly prepare: Prepare;
}

/** Lets a file that somebody brought be shown by our own pages, and be nothing else. */
const HARMLESS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Sends what was made to be served, whole or in part, to who may have it. */
export async function sendMedia(edge: Edge, request: FastifyRequest, reply: FastifyReply) {
  const key = (request.params as { '*': string })['*'];
  const query = request.query as SignedQuery;
  // Originals and everything else that lies in the store have other names.
  const served = readServedKey(key);
  if (!served) return sendOriginal(edge, key, request, reply);
  const { epoch } = edge.hot;
  const opening = await openingOf(edge, edge.isPostOpen, { key, query, served });
  const found = opening && (await edge.hot.find(key));
  if (!found) throw new Problem('not_found');
  const { bytes, size, etag } = await contentOf(edge.blobs, key, found, {
    opening,
    digest: served.digest,
  });
  reply.headers({
    'cache-control': opening.caching,
    etag,
    'accept-ranges': 'bytes',
    ...HARMLESS,
    // What anyone may see may stand in pages of others, too: link previews and embeds show it.
    'cross-origin-resource-policy': opening.forAll ? 'cross-origin' : 'same-origin',
  });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();

  const isHead = request.method === 'HEAD';
  const wanted = isHead ? null : readRange(request.headers, size, etag);
  if (wanted === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  reply.headers({
    'content-type': served.contentType,
    'content-length': wanted ? wanted.end - wanted.start + 1 : size,
  });
  if (wanted) {
    reply.code(206).header('content-range', `bytes ${wanted.start}-${wanted.end}/${size}`);
  } else if (found.file && opening.forAll) {
    edge.prepare(found.file, reply.getHeaders(), epoch);
  }
  if (isHead) return reply.send();
  // What was written for a signature lies nowhere else.
  if (bytes && (opening.handsOn !== null || !edge.hot.isBehind)) {
    const part = wanted ? bytes.subarray(wanted.start, wanted.end + 1) : bytes;
    edge.hot.unsent += part.length;
    reply.raw.once('close', () => {
      edge.hot.unsent -= part.length;
    });
    return reply.send(part);
  }
  return reply.send(await openFile(edge.blobs, key, wanted));
}

interface Content {
  /** null: to be streamed. */
  readonly bytes: Buffer | null;
  readonly size: number;
  readonly etag: string;
}

/** The file as it is; a playlist that was opened by a signature hands that on. */
async function contentOf(
  blobs: Blobs,
  key: BlobKey,
  { size, file }: Found,
  { opening, digest }: { opening: Opening; digest: string },
): Promise<Content> {
  const { handsOn } = opening;
  if (handsOn === null) return { bytes: file?.bytes ?? null, size, etag: `"${digest}"` };
  const playlist = file?.bytes ?? (await blobs.read(key));
  const bytes = Buffer.from(handOn(playlist.toString(), handsOn));
  // Of an address that holds the same end the text is the same.
  const until = /^until=([0-9]+)/.exec(handsOn)?.[1];
  return { bytes, size: bytes.length, etag: `"${digest}-${until}"` };
}

/** An upload, as it came: only by an address that was signed for its owner. */
async function sendOriginal(edge: Edge, key: string, request: FastifyRequest, reply: FastifyReply) {
  const type = readOriginalKey(key);
  const opens = type !== null && opensOriginal(edge, key, request.query as SignedQuery);
  const found = opens ? await edge.blobs.stat(key) : null;
  if (!opens || !found) throw new Problem('not_found');
  reply.headers({
    'cache-control': 'private, no-store',
    // Opened by itself it is kept, never shown: it is as somebody made it.
    'content-disposition': `attachment; filename="${originalName(key)}"`,
    ...HARMLESS,
  });
  reply.type(type).header('content-length', found.size);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(await openFile(edge.blobs, key, null));
}

async function openFile(blobs: Blobs, key: string, range: Range | null): Promise<Readable> {
  try {
    return await blobs.stream(key, range ?? undefined);
  } catch (error) {
    // Its post was deleted after we looked.
    if (error instanceof BlobMissing) throw new Problem('not_found');
    throw error;
  }
}
