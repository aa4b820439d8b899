/** What the renditions of a photo cost beside one decode plus the encodes, and how soon a photo is seen. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import type { MediaId } from '../api/ids.ts';
import { renderPicture } from '../server/features/media/render.ts';
import { samplePhotos } from '../test/sample-data.ts';
import { cpuOf as cpuOfProcess } from './cpu.ts';
import { addPeople, logIn } from './people.ts';
import { openStage, type Stage } from './stage.ts';

const JPEG = { quality: 80, mozjpeg: false } as const;
const WEBP = { quality: 80, effort: 2 } as const;

/** `--quick`: each photo once, to see that it works. */
export async function run(args: readonly string[]): Promise<void> {
  const rounds = args.includes('--quick') ? 2 : 5;
  const stage = await openStage();
  try {
    const photos = await pictures();
    console.log(
      'CPU in ms, this process and the child that decodes, with their threads; ours writes and syncs six files, the sum of the parts writes none; decode + encodes in this process, of pixels in memory',
    );
    let ours = 0;
    let parts = 0;
    for (const { name, bytes } of photos) {
      const one = await compare(stage, bytes, rounds);
      ours += one.ours;
      parts += one.parts;
      console.log(
        `${name.padEnd(24)} ${one.size.padStart(11)}   renditions ${one.ours.toFixed(0).padStart(4)}   decode + encodes ${one.parts.toFixed(0).padStart(4)}   ratio ${(one.ours / one.parts).toFixed(2)}`,
      );
    }
    console.log(
      `${'all'.padEnd(24)} ${''.padStart(11)}   renditions ${ours.toFixed(0).padStart(4)}   decode + encodes ${parts.toFixed(0).padStart(4)}   ratio ${(ours / parts).toFixed(2)}   n ${rounds} each`,
    );
    await timeToVisible(stage, photos, rounds);
  } finally {
    await stage.close();
  }
}

interface Picture {
  readonly name: string;
  readonly bytes: Buffer;
}

async function pictures(): Promise<Picture[]> {
  const files = samplePhotos();
  if (files.length > 0)
    return files.map((file) => ({ name: basename(file), bytes: readFileSync(file) }));
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const made = await sharp({
    create: { width: 4000, height: 3000, channels: 3, background: '#888', noise },
  })
    .blur(3)
    .jpeg({ quality: 92 })
    .toBuffer();
  return [{ name: 'made, 12 MP', bytes: made }];
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** The same with the children of the sandbox (Linux only, in steps of 10 ms); null when one of them was replaced. */
async function cpuWithChildren({ ctx }: Stage, work: () => Promise<unknown>) {
  const pids = ctx.sandbox.pids();
  const sum = () => pids.reduce((all, pid) => all + cpuOfProcess(pid), 0);
  const before = sum();
  const own = await cpuOf(work);
  if (ctx.sandbox.pids().join() !== pids.join()) return null;
  return own + sum() - before;
}

/** In turn, means: what is counted in steps is right on average only. */
async function compare(stage: Stage, bytes: Buffer, rounds: number) {
  const { ctx } = stage;
  const originalKey = `local/00/${ctx.ids.next()}/original.jpg`;
  await ctx.blobs.write(originalKey, bytes);
  const { width, height } = await sharp(bytes).metadata();
  const ours: number[] = [];
  const parts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const name = ctx.ids.next<MediaId>();
    const picture = { originalKey, crop: null, prefix: `local/00/${ctx.ids.next()}`, name };
    const cpu = await cpuWithChildren(stage, () => renderPicture(ctx, picture));
    if (cpu === null) continue;
    ours.push(cpu);
    parts.push(await cpuOfParts(bytes));
  }
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return { size: `${width}×${height}`, ours: mean(ours), parts: mean(parts) };
}

/** One full decode, and six encodes of pixels that are there already. */
async function cpuOfParts(bytes: Buffer): Promise<number> {
  const sized = await Promise.all(
    [
      [1080, 1350],
      [640, 800],
      [150, 150],
    ].map(([width = 0, height = 0]) =>
      sharp(bytes)
        .autoOrient()
        .resize(width, height, { fit: width === 150 ? 'cover' : 'inside' })
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  const decode = await cpuOf(() => sharp(bytes).raw().toBuffer());
  const encodes = await cpuOf(async () => {
    for (const { data, info } of sized) {
      const raw = { width: info.width, height: info.height, channels: info.channels };
      await sharp(data, { raw }).jpeg(JPEG).toBuffer();
      await sharp(data, { raw }).webp(WEBP).toBuffer();
    }
  });
  return decode + encodes;
}

/** Through the real flow, one photo at a time: from the answer to confirm until the author's socket says `published`. */
async function timeToVisible(
  stage: Stage,
  photos: readonly Picture[],
  rounds: number,
): Promise<void> {
  const server = await stage.startServer();
  const [person] = await addPeople(stage.ctx, 1);
  const token = person ? await logIn(stage.ctx, person) : '';
  const base = server.address;
  const socket = await openSocket(base, token);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { bytes } of photos) {
      const uploadId = await upload(base, token, bytes);
      const published = socket.published();
      await post(base, token, '/posts/confirm', { upload_ids: [uploadId] });
      const confirmed = performance.now();
      await published;
      times.push(performance.now() - confirmed);
    }
  }
  socket.close();
  times.sort((a, b) => a - b);
  console.log(
    `\nfrom confirm's answer to published, one at a time: p50 ${times[times.length >> 1]?.toFixed(0)} ms, ` +
      `p99 ${times.at(-1)?.toFixed(0)} ms, n ${times.length}`,
  );
}

async function openSocket(base: string, access_token: string) {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/api/v1/realtime`);
  const hears = (type: string) =>
    new Promise<void>((resolve) => {
      const listen = (event: MessageEvent) => {
        const message = JSON.parse(String(event.data)) as { type: string; status?: string };
        if (message.type !== type) return;
        if (message.status === 'failed') throw new Error('a photo of the benchmark failed');
        socket.removeEventListener('message', listen);
        resolve();
      };
      socket.addEventListener('message', listen);
    });
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const ready = hears('ready');
  socket.send(JSON.stringify({ type: 'authenticate', access_token }));
  await ready;
  return { published: () => hears('post.status'), close: () => socket.close() };
}

async function post(base: string, token: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${base}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { data: unknown }).data;
}

async function upload(base: string, token: string, bytes: Buffer): Promise<string> {
  const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
  const content_type = `image/${(await sharp(bytes).metadata()).format}`;
  const file = { content_type, size: bytes.length, checksum_sha256 };
  const { uploads } = (await post(base, token, '/posts/upload', { files: [file] })) as {
    uploads: { upload_id: string; url: string; headers: Record<string, string> }[];
  };
  const [grant] = uploads;
  if (!grant) throw new Error('no address to upload to');
  const put = await fetch(new URL(grant.url, base), {
    method: 'PUT',
    headers: grant.headers,
    body: new Uint8Array(bytes),
  });
  if (!put.ok) throw new Error(await put.text());
  return grant.upload_id;
}
