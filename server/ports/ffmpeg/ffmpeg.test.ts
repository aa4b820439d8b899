import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { systemClock } from '../../kernel/clock.ts';
import { type Failure, type Ffmpeg, FfmpegFailed, type RunLimits } from './ffmpeg.ts';
import { openFfmpeg } from './open.ts';
import { WASM_FACTS } from './wasm.ts';

let dataDir: string;
const adapters: Ffmpeg[] = [];
const silent = pino({ level: 'silent' });
const searchPath = '/usr/local/bin:/usr/bin:/bin';
const open = (setting: string | null, folder = dataDir) =>
  openFfmpeg({ setting, searchPath, dataDir: folder, clock: systemClock, log: silent });

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aperto-ffmpeg-'));
  for (const setting of [null, 'wasm']) {
    const opened = await open(setting);
    if (opened && !adapters.some(({ kind }) => kind === opened.kind)) adapters.push(opened);
  }
});
after(async () => {
  for (const one of adapters) await one.close();
  await rm(dataDir, { recursive: true });
});

const FILM = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=10:d=1', '-pix_fmt', 'yuv420p', 'out.mp4'];
const ENDLESS = ['-f', 'lavfi', '-i', 'testsrc=s=640x480', '-f', 'null', '-'];
const LIMITS: RunLimits = { timeoutMs: 60_000, fileBytes: 10_000_000 };

interface Trial {
  readonly limits?: Partial<RunLimits>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (seconds: number) => void;
}

function run(ffmpeg: Ffmpeg, args: readonly string[], trial: Trial = {}): Promise<string[]> {
  const { signal = new AbortController().signal, limits, onProgress = () => {} } = trial;
  return ffmpeg.inFolder(async (folder) => {
    await writeFile(join(folder, 'secret.txt'), 'otters');
    const all = { ...LIMITS, ...limits };
    await ffmpeg.run(args, { folder, limits: all, signal, onProgress });
    return readdir(folder);
  });
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => assert.fail('it went well'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FfmpegFailed, String(error));
  return error.failure;
}

test('each adapter makes a film in a folder that is gone afterwards', async (t) => {
  if (adapters.length === 1) t.diagnostic('this machine has no ffmpeg: WebAssembly alone is tried');
  for (const ffmpeg of adapters) {
    assert.deepEqual((await run(ffmpeg, FILM)).toSorted(), ['out.mp4', 'secret.txt'], ffmpeg.kind);
    assert.deepEqual(await readdir(join(dataDir, 'work')), [], ffmpeg.kind);
    assert.equal(await failure(run(ffmpeg, ['-i', 'missing', 'out.mp4'])), 'refused', ffmpeg.kind);
    assert.deepEqual(await readdir(join(dataDir, 'work')), [], ffmpeg.kind);
  }
});

test('one that has no end is ended: by time, by a signal, by the size of its file', async () => {
  for (const ffmpeg of adapters) {
    const time = { limits: { timeoutMs: 1500 } };
    assert.equal(await failure(run(ffmpeg, ENDLESS, time)), 'timeout', ffmpeg.kind);
    const stop = new AbortController();
    const stopped = run(ffmpeg, ENDLESS, { signal: stop.signal });
    stop.abort(new RangeError('enough'));
    await assert.rejects(stopped, /enough/, ffmpeg.kind);
    const large = ['-f', 'lavfi', '-i', 'testsrc=s=640x480', '-f', 'rawvideo', 'out.raw'];
    const size = { limits: { fileBytes: 1_000_000 } };
    assert.match(await failure(run(ffmpeg, large, size)), /too_large|refused/, ffmpeg.kind);
  }
});

test('memory has a bound', async () => {
  for (const ffmpeg of adapters) {
    const huge = [
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=7680x4320:d=2',
      '-vf',
      'reverse',
      '-f',
      'null',
      '-',
    ];
    const memory = { limits: { memoryBytes: 700 * 1024 ** 2 } };
    assert.match(await failure(run(ffmpeg, huge, memory)), /memory|crashed|refused/, ffmpeg.kind);
  }
});

test('it is told when somebody else has killed it', async (t) => {
  const [ffmpeg] = adapters;
  if (ffmpeg?.kind !== 'machine' || process.platform !== 'linux') {
    return t.diagnostic('not tried here: needs the machine’s ffmpeg and /proc');
  }
  const progress = Promise.withResolvers<void>();
  const killed = failure(run(ffmpeg, ENDLESS, { onProgress: () => progress.resolve() }));
  await progress.promise;
  const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
  for (const pid of children) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(stat) ?? [];
    if (name === 'ffmpeg' && Number(parent) === process.pid) process.kill(Number(pid), 'SIGKILL');
  }
  assert.equal(await killed, 'killed');
});

test('it reaches no network, and no files outside of its folder in WebAssembly', async () => {
  for (const ffmpeg of adapters) {
    const address = 'http://127.0.0.1:9/film.mp4';
    const listed = ['-protocol_whitelist', 'file', '-i', address, 'out.mp4'];
    assert.equal(await failure(run(ffmpeg, listed)), 'refused', ffmpeg.kind);
    const playlist = ['-protocol_whitelist', 'file', '-f', 'mov', '-i', 'secret.txt', 'out.mp4'];
    assert.equal(await failure(run(ffmpeg, playlist)), 'refused', ffmpeg.kind);
    if (ffmpeg.kind === 'machine') continue;
    const outside = ['-f', 'data', '-i', '/etc/passwd', '-map', '0', '-f', 'data', 'out.bin'];
    assert.equal(await failure(run(ffmpeg, outside)), 'refused');
    const above = [
      '-f',
      'data',
      '-i',
      '../../../../etc/passwd',
      '-map',
      '0',
      '-f',
      'data',
      'out.bin',
    ];
    assert.equal(await failure(run(ffmpeg, above)), 'refused');
  }
});

test('WebAssembly can do what is said of it', async () => {
  const wasm = adapters.find(({ kind }) => kind === 'wasm');
  assert.ok(wasm);
  assert.deepEqual([wasm.version, wasm.decodes], [WASM_FACTS.version, WASM_FACTS.decodes]);
  for (const codec of wasm.decodes) {
    const asked = ['-c:v', codec, '-f', 'data', '-i', 'secret.txt', '-map', '0', '-f', 'null', '-'];
    const error = await run(wasm, asked).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(!/Unknown decoder/.test(String(error)), codec);
  }
  const unknown = ['-c:v', 'libdav1d', '-i', 'secret.txt', 'out.mp4'];
  await assert.rejects(run(wasm, unknown), /Unknown decoder/);
});

test('what a crash has left is swept, what somebody works on is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aperto-ffmpeg-'));
  const work = join(folder, 'work');
  const [running] = adapters;
  assert.ok(running);
  await mkdir(join(work, 'host-1-0123456789abcdef'), { recursive: true });
  await mkdir(join(work, 'something else'), { recursive: true });
  const first = await open('wasm', folder);
  // Of another machine that may be at work.
  assert.deepEqual(await readdir(work), ['host-1-0123456789abcdef']);
  await first?.close();
  await rm(folder, { recursive: true });
});

test('what is named and of no use stops the start', async () => {
  assert.equal(await open('off'), null);
  await assert.rejects(open('/nowhere/ffmpeg'), /FFMPEG=\/nowhere\/ffmpeg is not a program/);
  const old = join(dataDir, 'old-ffmpeg');
  await writeFile(old, '#!/bin/sh\necho ffmpeg version 4.4.2-0ubuntu\n', { mode: 0o755 });
  await assert.rejects(open(old), /version 4\.4\.2.*5 is the oldest/);
});
