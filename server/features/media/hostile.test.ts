import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import sharp from 'sharp';
import type { MediaId } from '../../../api/ids.ts';
import {
  bombs,
  type HostileFile,
  impostors,
  mutants,
  polyglots,
} from '../../../test/hostile-files.ts';
import { foundMetadata } from '../../../test/metadata.ts';
import { systemClock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Blobs } from '../../ports/blobs/blobs.ts';
import { openFileBlobs } from '../../ports/blobs/file.ts';
import { openForkedSandbox } from '../../ports/sandbox/forked.ts';
import { inspectPicture } from './inspect.ts';
import { renderPicture } from './render.ts';

let root: string;
let blobs: Blobs;
let count = 0;
/** Bytes of all children at once, at most. */
let peak = 0;
let deaths = 0;
const log = pino(
  { level: 'warn' },
  {
    write() {
      deaths += 1;
    },
  },
);
const sandbox = openForkedSandbox({ log });
const watch = setInterval(() => {
  peak = Math.max(
    peak,
    sandbox.pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
  );
}, 10);

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'aperto-hostile-'));
  const secret = new Uint8Array(32);
  blobs = await openFileBlobs({
    roots: [root],
    secret,
    clock: systemClock,
    log,
    publicPath: '/uploads',
  });
});
after(async () => {
  clearInterval(watch);
  await sandbox.close();
  await rm(root, { recursive: true });
});

function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** What becomes of a file: the code of its refusal at confirm or while it is made, or `shown`. */
async function fate({ what, type, bytes, smuggled = [] }: HostileFile): Promise<string> {
  count += 1;
  const prefix = `local/0d/${count}`;
  const originalKey = `${prefix}/original.bin`;
  try {
    const { animation } = await inspectPicture(async () => Readable.from([bytes]), type);
    if (animation) return 'a video';
    await blobs.write(originalKey, bytes);
    const wish = { originalKey, crop: null, prefix, name: '7' as MediaId };
    const { renditions } = await renderPicture({ blobs, sandbox }, wish);
    for (const { jpeg, webp, width, height } of Object.values(renditions)) {
      for (const key of [jpeg, webp])
        await demandSafe(await blobs.read(key), width, height, smuggled);
    }
    return 'shown';
  } catch (error) {
    assert.ok(error instanceof Problem, `${what}: ${String(error)}`);
    assert.ok(error.status < 500 && error.message.length > 20, `${what}: ${error.code}`);
    const left = await readdir(join(root, prefix)).catch(() => []);
    assert.ok(left.length <= 1, `${what} left files`);
    return error.code;
  }
}

async function demandSafe(
  bytes: Buffer,
  width: number,
  height: number,
  smuggled: readonly string[],
) {
  const { info } = await sharp(bytes, { failOn: 'warning' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [width, height]);
  assert.deepEqual(foundMetadata(bytes), []);
  for (const text of smuggled) assert.ok(!bytes.includes(text, 0, 'latin1'), text);
}

async function fates(files: readonly HostileFile[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  // Two at a time, as a worker does.
  const queue = [...files];
  const work = async () => {
    for (let file = queue.shift(); file; file = queue.shift())
      found.set(file.what, await fate(file));
  };
  await Promise.all([work(), work()]);
  return found;
}

const MB = 1024 * 1024;

test('bombs are refused or shown, in little memory', async (t) => {
  const found = await fates(await bombs());
  t.diagnostic(`children at most ${Math.round(peak / MB)} MB, ${deaths} deaths`);
  for (const [what, became] of found) t.diagnostic(`${what}: ${became}`);
  for (const [what, became] of found) {
    if (/Gigapixels|2,001|40 frames/.test(what))
      assert.equal(became, 'media_too_many_pixels', what);
    if (/lies|says|tiles/.test(what))
      assert.match(became, /media_(broken|bad|too|unsupported)/, what);
  }
  assert.equal(found.get('a JPEG of 49 MP, progressive'), 'shown');
  assert.equal(found.get('a PNG of 49 MP'), 'shown');
  assert.ok(peak < 400 * MB, `${peak / MB} MB`);
});

test('what is two things at once comes out as a picture and nothing else', async () => {
  for (const [what, became] of await fates(await polyglots())) assert.equal(became, 'shown', what);
});

test('what is not what it says is refused', async () => {
  for (const [what, became] of await fates(await impostors())) {
    assert.equal(became, 'media_type_mismatch', what);
  }
});

test('five hundred mutants are each refused or shown', async (t) => {
  const found = await fates(await mutants(500, 20_261_121));
  assert.equal(found.size, 500);
  const totals = Object.entries(Object.groupBy(found.values(), (became) => became));
  t.diagnostic(totals.map(([became, all]) => `${became} ${all?.length}`).join(', '));
  t.diagnostic(`children at most ${Math.round(peak / MB)} MB, ${deaths} deaths`);
  assert.ok(
    (found
      .values()
      .filter((became) => became === 'shown')
      .toArray().length ?? 0) > 10,
  );
  assert.ok(peak < 400 * MB, `${peak / MB} MB`);
});
