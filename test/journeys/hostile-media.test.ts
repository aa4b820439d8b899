import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { Media } from '../../api/media.ts';
import type { Post } from '../../api/posts.ts';
import { makeAvif } from '../../server/features/posts/make-avif.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { Refused } from '../client.ts';
import { openTestDatabase } from '../database.ts';
import { stillGif } from '../gifs.ts';
import { avifParts, GRADIENT, makeHeif } from '../heif.ts';
import { HEVC_GRADIENT } from '../hevc-gradient.ts';
import { bombs, type HostileFile, impostors, mutants, polyglots } from '../hostile-files.ts';
import { foundMetadata, loadedJpeg } from '../metadata.ts';
import { colourPicture, gradient, picture } from '../pictures.ts';
import { samplePhoto } from '../sample-data.ts';
import { killSpawned, openTestServer, spawnServer, type TestServer } from '../server.ts';
import { until } from '../within.ts';

let server: TestServer;
let alice: Person;

before(async () => {
  server = await openTestServer({ settings: { AVIF: 'on' } });
  ({ alice } = await cast(server.url, 'alice'));
});
after(async () => {
  alice.leave();
  await server.stop();
  killSpawned();
  assert.deepEqual(server.errors, []);
});

function onlyMedia(post: Post): Media & { sizes: NonNullable<Media['sizes']> } {
  const [media] = post.media;
  assert.ok(media?.sizes);
  return { ...media, sizes: media.sizes };
}

async function bytesAt(address: string): Promise<Buffer> {
  const answer = await fetch(server.url + address);
  assert.equal(answer.status, 200, address);
  return Buffer.from(await answer.arrayBuffer());
}

/** The same post when all of its sizes have an AVIF. */
async function withAvif(post: Post): Promise<Post> {
  let now = post;
  await until(async () => {
    now = await alice.see(post);
    return Object.values(onlyMedia(now).sizes).every(({ avif }) => avif !== null);
  }, 'the AVIF is made');
  return now;
}

const heic = (more = {}) =>
  makeHeif({ coding: 'hvc1', ...HEVC_GRADIENT.eightBits, width: 64, height: 48, ...more });

test('what phones and programs write is published, and AVIF comes later under the same addresses', async () => {
  const phone = samplePhoto('phone.heic');
  const avif = makeHeif({ ...(await avifParts(GRADIENT)), width: 64, height: 48, turns: 1 });
  const files = [
    ...(phone ? [{ type: 'image/heic', bytes: await readFile(phone) }] : []),
    { type: 'image/heif', bytes: heic({ turns: 3 }) },
    { type: 'image/avif', bytes: avif },
    { type: 'image/gif', bytes: stillGif(64, 48) },
    { type: 'image/jpeg', bytes: await loadedJpeg() },
  ];
  for (const file of files) {
    const post = await alice.published(alice.post({ name: 'x', ...file }));
    const before = onlyMedia(post);
    assert.equal(before.type, 'image');
    const later = onlyMedia(await withAvif(post));
    for (const name of ['large', 'medium', 'thumbnail'] as const) {
      const { url, webp, avif: address, width, height } = later.sizes[name];
      assert.deepEqual([url, webp], [before.sizes[name].url, before.sizes[name].webp]);
      const answer = await fetch(server.url + address);
      assert.equal(answer.headers.get('content-type'), 'image/avif');
      const bytes = Buffer.from(await answer.arrayBuffer());
      const metadata = await sharp(bytes).metadata();
      assert.deepEqual([metadata.width, metadata.height], [width, height]);
      for (const served of [bytes, await bytesAt(url), await bytesAt(webp)]) {
        assert.deepEqual(foundMetadata(served), []);
      }
    }
    const [turned] = [file.type === 'image/heif' || file.type === 'image/avif'];
    if (turned) assert.deepEqual([later.width, later.height], [48, 64]);
  }
});

test('an AVIF of a post that is gone meanwhile leaves no file', async () => {
  const post = await alice.published(alice.post(colourPicture()));
  await withAvif(post);
  const { ctx, dataDir } = server;
  const avifs = () =>
    globSync(`blobs/**/${post.post_id}/*.avif`, { cwd: dataDir }).toSorted().join();
  // As if none had been made.
  await ctx.db.query(
    `update media set renditions = (select jsonb_object_agg(key, value - 'avif') from jsonb_each(renditions)) where post_id = $1`,
    [post.post_id],
  );
  const [key = ''] = avifs().split(',');
  assert.ok(key.endsWith('.avif'));
  const run: typeof ctx.sandbox.run = async (...args) => {
    const made = await ctx.sandbox.run(...args);
    await ctx.db.query('delete from media where post_id = $1', [post.post_id]);
    return made;
  };
  await makeAvif({ ...ctx, sandbox: { ...ctx.sandbox, run } as typeof ctx.sandbox }, post.post_id);
  assert.equal(avifs(), '');
  await makeAvif(ctx, post.post_id);
});

test('files that are cut, or something else, make no post and say why', async () => {
  const whole = heic();
  const before = (await alice.profile()).posts_count;
  const files: HostileFile[] = [
    { what: 'half', type: 'image/heic', bytes: whole.subarray(0, whole.length >> 1) },
    { what: 'almost whole', type: 'image/heic', bytes: whole.subarray(0, -1) },
    { what: 'half a GIF', type: 'image/gif', bytes: stillGif(64, 48).subarray(0, 30) },
    ...(await impostors()).filter(({ bytes }) => bytes.length > 0).filter((_, n) => n % 5 === 0),
  ];
  for (const { what, type, bytes } of files) {
    const [grant] = await alice.upload({ name: what, type, bytes });
    assert.ok(grant);
    const error = await refusal(alice.confirm([grant]));
    const isCut = /half|whole/.test(what);
    assert.equal(error.code, isCut ? 'media_broken' : 'media_type_mismatch', what);
    assert.equal(error.details.upload_id, grant.upload_id);
    if (isCut) assert.match(error.message, /ends too early/);
    else assert.match(error.message, new RegExp(`announced as ${type}, but its content is`));
  }
  assert.equal((await alice.profile()).posts_count, before);
});

test('names that climb or end early lead nowhere', async () => {
  const photo = colourPicture();
  const [grant] = await alice.announce(photo);
  assert.ok(grant);
  const { pathname, search } = new URL(grant.url, server.url);
  for (const name of [
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/x.jpg',
    'a%00.jpg',
    '..\\..\\x.jpg',
  ]) {
    for (const path of [`/uploads/${name}${search}`, `${pathname}/${name}${search}`]) {
      const answer = await fetch(server.url + path, {
        method: 'PUT',
        headers: grant.headers,
        body: new Uint8Array(photo.bytes),
      });
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status}`);
    }
    const answer = await fetch(`${server.url}/media/${name}`);
    assert.equal(answer.status, 404, name);
  }
  assert.equal((await alice.put(grant, photo.bytes)).status, 200);
});

/** Waits longer than others do: dozens of large files stand before it in the line. */
async function processed(person: Person, post: Post): Promise<Post> {
  let now = post;
  await until(
    async () => {
      now = await person.see(post);
      return now.status !== 'processing';
    },
    'a hostile file has come to its end',
    180_000,
  );
  return now;
}

/** Bytes of a server and of the children that decode for it; what they share is counted once (PSS, proc(5)). */
function memoryOf(pid: number): { server: number; children: number } {
  const resident = (one: number) =>
    Number(
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'latin1'))?.[1] ?? 0,
    ) * 1024;
  const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  let children = 0;
  for (const child of found) {
    try {
      const line = readFileSync(`/proc/${child}/cmdline`, 'latin1');
      if (line.includes('sandbox')) children += resident(Number(child));
    } catch {
      // It has ended.
    }
  }
  return { server: resident(pid), children };
}

test('a server under hostile files answers everybody else, in half a gigabyte', {
  skip: process.platform !== 'linux' && 'memory is read from /proc',
}, async (t) => {
  const database = await openTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'aperto-hostile-'));
  const spawned = await spawnServer({ dataDir, settings: { DATABASE_URL: database.url } });
  let peak = { server: 0, children: 0 };
  const watch = setInterval(() => {
    const now = memoryOf(spawned.pid);
    if (now.server + now.children > peak.server + peak.children) peak = now;
  }, 50);
  const { bob, carol } = await cast(spawned.url, 'bob', 'carol');
  try {
    const large = picture(gradient(4000, 3000)).jpeg({ progressive: true });
    const files: HostileFile[] = [
      ...(await bombs()),
      ...(await polyglots()),
      ...(await mutants(12, 7)),
      { what: 'a large one', type: 'image/jpeg', bytes: await large.toBuffer() },
    ];
    const sent: Post[] = [];
    for (const { what, type, bytes } of files) {
      const post = await bob.post({ name: what, type, bytes }).catch((error: unknown) => {
        assert.ok(error instanceof Refused && error.status < 500, `${what}: ${String(error)}`);
        return null;
      });
      if (post) sent.push(post);
    }
    sent.push(await bob.post(colourPicture()));
    assert.equal((await carol.profile()).username, carol.username, 'others are answered');
    const fates: Post[] = [];
    for (const post of sent) fates.push(await processed(bob, post));
    assert.equal(fates.at(-1)?.status, 'published', 'an innocent one in the end');
    for (const { status, failure } of fates) {
      assert.ok(status === 'published' || (status === 'failed' && failure?.message), status);
    }
    t.diagnostic(
      `${files.length} files, ${fates.filter((p) => p.status === 'published').length} shown`,
    );
    const mb = (bytes: number) => Math.round(bytes / 1024 / 1024);
    t.diagnostic(`server ${mb(peak.server)} MB, children ${mb(peak.children)} MB`);
    assert.ok(peak.children > 0, 'children were seen');
    assert.ok(peak.server + peak.children < 512 * 1024 * 1024, 'half a gigabyte');
    assert.ok(!/"level":50/.test(spawned.output()), spawned.output());
  } finally {
    clearInterval(watch);
    for (const person of [bob, carol]) person.leave();
    await spawned.end('SIGTERM');
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
