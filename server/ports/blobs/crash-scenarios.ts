import { createHash } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { mkdir, readFile, rename, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Blobs } from './blobs.ts';
import { openFileBlobs } from './file.ts';

/** For tests: things that a store does, which may be cut at any step, and what must hold afterwards. */
export interface Scenario {
  /** Before the life that is cut. */
  prepare(store: Prepared): Promise<void>;
  /** In the life. Says through `journal` what was acknowledged, at once. */
  act(store: Prepared): Promise<void>;
  /** Whether copies were damaged beforehand, so that single ones may be bad until a scrub. */
  readonly damaged?: boolean;
}

export interface Prepared {
  readonly roots: readonly string[];
  readonly blobs: Blobs;
  /** Opens the store anew. */
  open(): Promise<Blobs>;
  /** `+key`: it is written; `-key`: it is removed; `?key`: one of both is under way. */
  journal(line: string): void;
}

export const BUCKET = 0xab;
const SHARD = 'local/ab';

/** Bytes whose hash lies in the bucket, different for each seed. */
export function bytesOf(seed: number): Buffer {
  for (let i = 0; ; i += 1) {
    const bytes = Buffer.alloc(3000, `${seed} ${i} `);
    if (digest(bytes).startsWith('ab')) return bytes;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const CONTENTS = [0, 1, 2, 3].map(bytesOf);
const [ZERO = Buffer.alloc(0), ONE = ZERO, TWO = ZERO, THREE = ZERO] = CONTENTS;

/** Every key says which content it must have. */
export function keyOf(bytes: Uint8Array, folder: number): string {
  return `${SHARD}/${folder}/9-large-${digest(bytes).slice(0, 16)}.webp`;
}

/** True when a file's bytes are what its key says. */
export function isWhole(path: string): boolean {
  const hint = /([0-9a-f]{16})\.webp$/.exec(path)?.[1] ?? '-';
  return digest(readFileSync(path)).startsWith(hint);
}

export async function openStore(
  roots: readonly string[],
  log: Logger,
  ahead: number,
): Promise<Blobs> {
  const millis = () => Date.now() + ahead;
  return await openFileBlobs({
    roots,
    copies: 2,
    secret: new Uint8Array(32),
    clock: { millis, now: () => new Date(millis()) },
    log,
    publicPath: '/uploads',
  });
}

async function write({ blobs, journal }: Prepared, bytes: Buffer, folder: number) {
  const key = keyOf(bytes, folder);
  journal(`?${key}`);
  await blobs.write(key, bytes);
  journal(`+${key}`);
}

async function remove({ blobs, journal }: Prepared, bytes: Buffer, folder: number) {
  const key = keyOf(bytes, folder);
  journal(`?${key}`);
  await blobs.remove(key);
  journal(`-${key}`);
}

async function receive(blobs: Blobs, url: string, bytes: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'image/webp' };
  const half = bytes.length >> 1;
  const body = Readable.from([bytes.subarray(0, half), bytes.subarray(half)]);
  await blobs.receive?.({ url, headers, body, signal: new AbortController().signal });
}

function terms(bytes: Uint8Array, folder: number) {
  return {
    key: keyOf(bytes, folder),
    contentType: 'image/webp',
    size: bytes.length,
    checksumSha256: digest(bytes),
    expiresAt: new Date(Date.now() + 60_000),
  };
}

async function sendParts({ blobs }: Prepared, bytes: Buffer, folder: number): Promise<void> {
  for (const partNumber of [1, 2]) {
    const part = bytes.subarray((partNumber - 1) * 2000, partNumber * 2000);
    const signed = blobs.signPart({
      ...terms(bytes, folder),
      partNumber,
      partSize: part.length,
      partChecksumSha256: digest(part),
    });
    await receive(blobs, signed.url, part);
  }
}

async function complete({ blobs, journal }: Prepared, bytes: Buffer, folder: number) {
  const wanted = { ...terms(bytes, folder), parts: 2 };
  journal(`?${wanted.key}`);
  await blobs.completeParts(wanted, new AbortController().signal);
  journal(`+${wanted.key}`);
}

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000);
  await writeFile(path, bytes, { flag: 'r+' });
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'opening an empty store, then a write': {
    prepare: async () => {},
    async act(store) {
      const blobs = await store.open();
      await write({ ...store, blobs }, ZERO, 1);
    },
  },
  'writes of new and of known contents, one after the other and at once': {
    prepare: (store) => write(store, ONE, 1),
    async act(store) {
      await write(store, ZERO, 1);
      await write(store, ZERO, 2);
      await Promise.all([write(store, ONE, 2), write(store, TWO, 3), write(store, ZERO, 1)]);
    },
  },
  'an upload': {
    prepare: async () => {},
    async act({ blobs, journal }) {
      const wanted = terms(ZERO, 1);
      journal(`?${wanted.key}`);
      await receive(blobs, blobs.signUpload(wanted).url, ZERO);
      journal(`+${wanted.key}`);
    },
  },
  'an upload in parts': {
    prepare: async () => {},
    async act(store) {
      await sendParts(store, ZERO, 1);
      await complete(store, ZERO, 1);
      await complete(store, ZERO, 1);
    },
  },
  'removals, also of the last of several names': {
    async prepare(store) {
      for (const [bytes, folder] of [
        [ZERO, 1],
        [ZERO, 2],
        [ONE, 1],
        [TWO, 3],
      ] as const) {
        await write(store, bytes, folder);
      }
    },
    async act(store) {
      await remove(store, ZERO, 1);
      await Promise.all([remove(store, ZERO, 2), remove(store, TWO, 3)]);
      await write(store, ZERO, 1);
    },
  },
  'a removal while a root is away, which then comes back': {
    async prepare(store) {
      const [root = ''] = store.roots;
      await write(store, ZERO, 1);
      await write(store, ONE, 1);
      await rename(root, `${root}.off`);
    },
    async act(store) {
      const [root = ''] = store.roots;
      await remove(store, ZERO, 1);
      // Somebody plugs it in: that is no step of ours.
      renameSync(`${root}.off`, root);
      await store.open();
    },
  },
  'a scrub that repairs': {
    damaged: true,
    async prepare(store) {
      const [a = '', b = ''] = store.roots;
      for (const bytes of [ZERO, ONE, TWO, THREE]) await write(store, bytes, 1);
      await write(store, ZERO, 2);
      await flip(join(a, keyOf(ZERO, 1)));
      await truncate(join(b, keyOf(ONE, 1)), 10);
      await unlink(join(a, keyOf(TWO, 1)));
      await unlink(join(b, keyOf(THREE, 1)));
      await unlink(join(b, 'objects', digest(THREE).slice(0, 3), digest(THREE)));
      // One of before there were objects.
      await mkdir(join(a, SHARD, '5'));
      await writeFile(join(a, keyOf(THREE, 5)), THREE);
      store.journal(`+${keyOf(THREE, 5)}`);
    },
    async act({ blobs }) {
      await blobs.scrub(BUCKET, new AbortController().signal);
    },
  },
};
