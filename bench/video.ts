/** How soon a film is seen, and what it costs: from confirm's answer to published, with each ffmpeg. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Ffmpeg } from '../server/ports/ffmpeg/ffmpeg.ts';
import { sampleVideo } from '../test/sample-data.ts';
import { makeClip } from '../test/videos.ts';
import { addPeople, logIn } from './people.ts';
import { openStage, type Stage } from './stage.ts';

/** `--quick`: once, to see that it works. */
export async function run(args: readonly string[]): Promise<void> {
  const rounds = args.includes('--quick') ? 1 : 5;
  const stage = await openStage();
  try {
    await measure(stage, {}, rounds);
    await measure(stage, { FFMPEG: 'wasm' }, 1);
  } finally {
    await stage.close();
  }
}

async function measure(
  stage: Stage,
  settings: Readonly<Record<string, string>>,
  rounds: number,
): Promise<void> {
  if (!stage.ctx.ffmpeg) throw new Error('there is no ffmpeg');
  const bytes = await clip(stage.ctx.ffmpeg);
  const server = await stage.startServer(settings);
  const base = server.address;
  const [person] = await addPeople(stage.ctx, 1);
  const token = person ? await logIn(stage.ctx, person) : '';
  const times: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const body = { upload_ids: [await upload(base, token, bytes)] };
    const before = cpuSeconds();
    const began = performance.now();
    const { post_id } = await ask<{ post_id: string }>(base, token, '/posts/confirm', body);
    while ((await statusOf(base, token, post_id)) === 'processing') {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    times.push((performance.now() - began) / 1000);
    costs.push(cpuSeconds() - before);
  }
  await server.stop();
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const name = settings.FFMPEG ?? `${stage.ctx.ffmpeg.kind} ${stage.ctx.ffmpeg.version}`;
  console.log(
    `${name.padEnd(24)} from confirm to published and playable p50 ${middle(times).toFixed(1)} s, ` +
      `most ${Math.max(...times).toFixed(1)} s; CPU of the whole machine meanwhile ${middle(costs).toFixed(1)} s; n ${rounds}`,
  );
}

/** The sample of 12 s and 1080 × 1920, or one of ours of the same size. */
async function clip(ffmpeg: Ffmpeg): Promise<Buffer> {
  const sample = sampleVideo('clip-portrait.mp4');
  if (sample) return readFileSync(sample);
  const picture = 'testsrc=s=1080x1920:r=30:d=12';
  return (await makeClip(ffmpeg, { picture, seconds: 12 })).bytes;
}

/** Of all processes, because ffmpeg runs in one of its own that is gone when it is done. */
function cpuSeconds(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const [, user = 0, nice = 0, system = 0] =
    readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).map(Number) ?? [];
  const perSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (user + nice + system) / perSecond;
}

async function statusOf(base: string, token: string, postId: string): Promise<string> {
  const { status, failure } = await ask<{ status: string; failure: unknown }>(
    base,
    token,
    `/posts/${postId}`,
  );
  if (status === 'failed') throw new Error(JSON.stringify(failure));
  return status;
}

async function ask<Data>(base: string, token: string, path: string, body?: object): Promise<Data> {
  const response = await fetch(`${base}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { data: Data }).data;
}

async function upload(base: string, token: string, bytes: Buffer): Promise<string> {
  const checksum_sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = { content_type: 'video/mp4', size: bytes.length, checksum_sha256 };
  const { uploads } = await ask<{
    uploads: { upload_id: string; url: string; headers: Record<string, string> }[];
  }>(base, token, '/posts/upload', { files: [file] });
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
