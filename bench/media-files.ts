import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import type { MediaId, PersonId } from '../api/ids.ts';
import type { Rendition } from '../api/media.ts';
import { contentDigest, servedKey, userShard } from '../server/features/media/keys.ts';
import { samplePhotos } from '../test/sample-data.ts';
import { addPeople, logIn } from './people.ts';
import type { Stage } from './stage.ts';

const MADE = 8;
const FILM_BYTES = 64_000_000;
const READY_MS = 60_000;

/** Paths under the server's address. */
export interface Served {
  readonly thumbnail: readonly string[];
  readonly medium: readonly string[];
  readonly large: readonly string[];
  /** 64 MB, of no meaning. */
  readonly film: string;
}

/** Photos that were published as people do it, open to everyone, and a large file. */
export async function publishMedia(stage: Stage, address: string): Promise<Served> {
  const { ctx } = stage;
  const [person] = await addPeople(ctx, 1);
  if (!person) throw new Error('nobody to publish');
  const token = await logIn(ctx, person);
  const renditions: { thumbnail: Rendition; medium: Rendition; large: Rendition }[] = [];
  for (const photo of await photos()) renditions.push(await publish(address, token, photo));
  const both = (name: 'thumbnail' | 'medium' | 'large') =>
    renditions.flatMap((one) => [one[name].webp, one[name].url]);
  const film = await writeFilm(stage, person);
  return { thumbnail: both('thumbnail'), medium: both('medium'), large: both('large'), film };
}

/** Puts the same bytes under the same paths into a folder. */
export async function copyServed(address: string, paths: readonly string[], folder: string) {
  for (const path of paths) {
    const answer = await fetch(address + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.from(await answer.arrayBuffer()));
  }
}

interface Photo {
  readonly type: string;
  readonly bytes: Buffer;
}

async function photos(): Promise<Photo[]> {
  const files = samplePhotos().filter((file) => basename(file).endsWith('.jpg'));
  if (files.length > 0) {
    return Promise.all(
      files.map(async (file) => ({ type: 'image/jpeg', bytes: await readFile(file) })),
    );
  }
  return Promise.all(
    Array.from({ length: MADE }, async (_, n) => {
      const noise = { type: 'gaussian', mean: 60 + 20 * n, sigma: 40 } as const;
      const create = { width: 1600, height: 1200, channels: 3, background: '#888', noise } as const;
      return { type: 'image/jpeg', bytes: await sharp({ create }).blur(3).jpeg().toBuffer() };
    }),
  );
}

/** In a folder of its person's profile pictures, which are for everyone. */
async function writeFilm({ ctx }: Stage, person: PersonId): Promise<string> {
  const bytes = randomBytes(FILM_BYTES);
  const prefix = `local/${userShard(person)}/${ctx.ids.next<MediaId>()}`;
  const key = servedKey(prefix, 'avatar', 'video', contentDigest(bytes), 'mp4');
  await ctx.blobs.write(key, bytes);
  return `/media/${key}`;
}

async function publish(address: string, token: string, photo: Photo) {
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const said = (await answer.json()) as { success: boolean; data: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(said)}`);
    return said.data;
  };
  const { type, bytes } = photo;
  const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { content_type: type, size: bytes.length, checksum_sha256 };
  const { uploads } = (await ask('POST', '/posts/upload', { files: [file] })) as {
    uploads: { upload_id: string; url: string; headers: Record<string, string> }[];
  };
  const [grant] = uploads;
  if (!grant) throw new Error('no address to upload to');
  const { headers, upload_id } = grant;
  const put = await fetch(new URL(grant.url, address), {
    method: 'PUT',
    headers,
    body: new Uint8Array(bytes),
  });
  if (!put.ok) throw new Error(await put.text());
  const made = await ask('POST', '/posts/confirm', { upload_ids: [upload_id] });
  const { post_id } = made as { post_id: string };
  for (const until = performance.now() + READY_MS; performance.now() < until; ) {
    const post = (await ask('GET', `/posts/${post_id}`)) as {
      status: string;
      media: { sizes: { thumbnail: Rendition; medium: Rendition; large: Rendition } | null }[];
    };
    const sizes = post.media[0]?.sizes;
    // Until then their addresses are signed, for their author.
    if (sizes && post.status === 'published') return sizes;
    await pause(20);
  }
  throw new Error('a photo was not published in time');
}
