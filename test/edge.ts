import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { PostId } from '../api/ids.ts';
import { readConfig } from '../server/config.ts';
import type { Context } from '../server/context.ts';
import { contentDigest, servedKey } from '../server/features/media/keys.ts';
import { privateAddresses } from '../server/features/media/private-address.ts';
import { createApp } from '../server/http/app.ts';
import { type Drain, prepareDrain } from '../server/http/drain.ts';
import { tell } from '../server/kernel/hints.ts';
import { deriveSecrets } from '../server/kernel/secrets.ts';
import type { BlobKey, Blobs } from '../server/ports/blobs/blobs.ts';
import { openFileBlobs } from '../server/ports/blobs/file.ts';
import { openMemoryBus } from '../server/ports/bus/memory.ts';
import { serveMedia } from '../server/roles/edge.ts';

/**
 * The edge alone, on files of its own; who may see which post, the test says. At `/elsewhere` it answers
 * as the rest of the server does.
 */
export interface TestEdge {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly drain: Drain;
  /** Beneath what the edge reads through. */
  readonly blobs: Blobs;
  /** What it asked of the store: `read KEY`, `stat KEY`, `stream KEY`. */
  readonly asked: string[];
  /** Streams that the store has given it. */
  readonly streams: Readable[];
  readonly log: string[];
  /** Has reads of whole files wait for this from now on. */
  gate: Promise<unknown>;
  /** Has who may see a post be said only then; what is said is what was true before. */
  judged: Promise<unknown>;
  /** Writes a file under the name that its bytes have in a post, and gives its key. */
  put(bytes: Uint8Array, name?: { postId?: string; part?: string; end?: End }): Promise<BlobKey>;
  /** The address under `url` that a page gives who may see a closed post. */
  signed(key: BlobKey): string;
  /** Posts that are not for everyone, of which no hint has told. */
  readonly closed: Set<string>;
  /** As features do it: the truth first, then the hint; resolves when it was heard. */
  close(postId: string, topic?: 'post.narrowed' | 'post.deleted'): Promise<void>;
  /** Lets time pass, which stands still otherwise. */
  pass(ms: number): void;
  stop(): Promise<void>;
}

type End = Parameters<typeof servedKey>[4];

export async function openEdge(): Promise<TestEdge> {
  const root = await mkdtemp(join(tmpdir(), 'aperto-edge-'));
  let millis = Date.now();
  const clock = { now: () => new Date(millis), millis: () => millis };
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const secret = randomBytes(32);
  const blobs = await openFileBlobs({ roots: [root], secret, clock, log, publicPath: '/uploads' });
  const notes = {
    asked: [] as string[],
    streams: [] as Readable[],
    gate: Promise.resolve(),
    judged: Promise.resolve(),
  };
  const bus = openMemoryBus({ log });
  const secrets = deriveSecrets('x'.repeat(43));
  const config = readConfig({}, root);
  const ctx = { blobs: noting(blobs, notes), bus, clock, config, log, secrets } as Context;
  const app = await createApp(ctx);
  const drain = prepareDrain(app);
  const closed = new Set<string>();
  serveMedia(app, ctx, drain, async (postId) => {
    const isOpen = !closed.has(postId);
    await notes.judged;
    return isOpen;
  });
  app.get('/elsewhere', async () => ({ by: 'the router' }));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return Object.assign(notes, {
    url,
    app,
    drain,
    blobs,
    log: lines,
    closed,
    async put(bytes: Uint8Array, name: Parameters<TestEdge['put']>[1] = {}) {
      const { postId = '123', part = 'large', end = 'jpg' } = name;
      const key = servedKey(`local/0a/${postId}`, '456', part, contentDigest(bytes), end);
      await blobs.write(key, bytes);
      return key;
    },
    signed: (key: BlobKey) => privateAddresses(ctx)(key),
    async close(postId: string, topic: Parameters<TestEdge['close']>[1] = 'post.narrowed') {
      closed.add(postId);
      tell(ctx, topic, { post_id: postId as PostId });
      await new Promise(setImmediate);
    },
    pass(ms: number) {
      millis += ms;
    },
    async stop() {
      await app.close();
      await bus.close();
      await rm(root, { recursive: true });
    },
  });
}

/** The same store, which notes what it is asked for. */
function noting(blobs: Blobs, notes: Pick<TestEdge, 'asked' | 'streams' | 'gate'>): Blobs {
  return {
    ...blobs,
    stat(key) {
      notes.asked.push(`stat ${key}`);
      return blobs.stat(key);
    },
    async read(key, range) {
      notes.asked.push(`read ${key}`);
      await notes.gate;
      return blobs.read(key, range);
    },
    async stream(key, range) {
      notes.asked.push(`stream ${key}`);
      const stream = await blobs.stream(key, range);
      notes.streams.push(stream);
      return stream;
    },
  };
}
