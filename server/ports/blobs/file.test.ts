import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import type { ErrorCode } from '../../../api/errors.ts';
import { systemClock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Blobs, UploadTerms } from './blobs.ts';
import { describeBlobs } from './contract.ts';
import { openFileBlobs } from './file.ts';

const log = pino({ level: 'silent' });
const secret = randomBytes(32);

async function openAt(root: string, clock = systemClock) {
  return await openFileBlobs({ roots: [root], secret, clock, log, publicPath: '/uploads' });
}

for (const [count, copies, name] of [
  [1, 1, 'a folder'],
  [2, 2, 'two folders'],
  [3, 2, 'two of three folders'],
] as const) {
  describeBlobs(name, async () => {
    const place = await mkdtemp(join(tmpdir(), 'aperto-blobs-'));
    const roots = Array.from({ length: count }, (_, index) => join(place, String(index)));
    const options = { secret, clock: systemClock, log, publicPath: '/uploads' };
    const blobs = await openFileBlobs({ roots, copies, ...options });
    return { blobs, close: () => rm(place, { recursive: true }) };
  });
}

/** Every file under `root`, temporary ones too. */
async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(root.length + 1));
}

function hasCode(code: ErrorCode) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}

describe('uploads to a folder', () => {
  const start = Date.UTC(2026, 0, 1);
  let time = start;
  const clock = { now: () => new Date(time), millis: () => time };
  const bytes = randomBytes(300_000);
  let root: string;
  let blobs: Blobs;
  let count = 0;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'aperto-blobs-'));
    blobs = await openAt(root, clock);
  });
  after(() => rm(root, { recursive: true }));

  function sign(change: Partial<UploadTerms> = {}) {
    time = start;
    count += 1;
    const terms: UploadTerms = {
      key: `local/0a/${count}/original.jpg`,
      contentType: 'image/jpeg',
      size: bytes.length,
      checksumSha256: createHash('sha256').update(bytes).digest('hex'),
      expiresAt: new Date(start + 300_000),
      ...change,
    };
    return { terms, ...blobs.signUpload(terms) };
  }

  interface Sent {
    url: string;
    headers?: Record<string, string>;
    body?: Readable;
    signal?: AbortSignal;
  }
  async function send({ url, headers, body, signal }: Sent) {
    assert.ok(blobs.receive);
    await blobs.receive({
      url,
      headers: headers ?? { 'content-type': 'image/jpeg', 'content-length': String(bytes.length) },
      body: body ?? Readable.from(chunksOf(bytes)),
      signal: signal ?? new AbortController().signal,
    });
  }

  it('keeps the bytes of a signed upload, also when they are sent again', async () => {
    const { url, headers, terms } = sign();
    assert.deepEqual(headers, { 'content-type': 'image/jpeg' });
    await send({ url });
    await send({ url });
    // Without a Content-Length, as with chunked transfer.
    await send({ url, headers: { 'content-type': 'image/jpeg' } });
    assert.deepEqual(await blobs.read(terms.key), bytes);
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('takes the same upload twice at once', async () => {
    const { url, terms } = sign();
    await Promise.all([send({ url }), send({ url }), send({ url })]);
    assert.deepEqual(await blobs.read(terms.key), bytes);
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('refuses an address of which anything was changed', async () => {
    const { url } = sign();
    const other = sign({ size: 5 }).url;
    const tampered: Record<string, string> = {
      key: url.replace('/original.jpg', '/other.jpg'),
      'key outside': url.replace('/uploads/local', '/uploads/../local'),
      size: url.replace(/size=\d+/, 'size=299999'),
      type: url.replace('image%2Fjpeg', 'text%2Fhtml'),
      checksum: url.replace(/checksum=./, (m) => `checksum=${m.endsWith('0') ? '1' : '0'}`),
      expires: url.replace(/expires=(\d+)/, (_, s) => `expires=${Number(s) + 1}`),
      'expires for ever': url.replace(/expires=\d+/, 'expires=999999999999999'),
      signature: url.replace(/signature=(.)/, (_, c) => `signature=${c === 'A' ? 'B' : 'A'}`),
      'cut signature': url.slice(0, -1),
      'no signature': url.replace(/&signature=.*/, ''),
      'signature of another': url.replace(/signature=.*/, other.match(/signature=.*/)?.[0] ?? ''),
      'size twice': `${url}&size=5`,
      'no query': url.split('?')[0] ?? '',
      'other path': url.replace('/uploads/', '/files/'),
    };
    for (const [what, changed] of Object.entries(tampered)) {
      assert.notEqual(changed, url, what);
      await assert.rejects(send({ url: changed }), hasCode('signature_invalid'), what);
      // The sender of a changed type would also send it.
      const headers = { 'content-type': 'text/html' };
      await assert.rejects(send({ url: changed, headers }), hasCode('signature_invalid'), what);
    }
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('refuses an address signed with another secret', async () => {
    const foreign = await openFileBlobs({
      roots: [root],
      secret: randomBytes(32),
      clock,
      log,
      publicPath: '/uploads',
    });
    const { url } = foreign.signUpload(sign().terms);
    await assert.rejects(send({ url }), hasCode('signature_invalid'));
  });

  it('refuses an address when its five minutes are over', async () => {
    const { url } = sign();
    time = start + 299_999;
    await send({ url });
    time = start + 300_000;
    await assert.rejects(send({ url }), hasCode('signature_expired'));
  });

  it('refuses another Content-Type than the signed one', async () => {
    const { url, terms } = sign();
    for (const type of ['text/html', 'image/jpeg; charset=x', 'image/png']) {
      await assert.rejects(
        send({ url, headers: { 'content-type': type } }),
        hasCode('signature_invalid'),
      );
    }
    await assert.rejects(send({ url, headers: {} }), hasCode('signature_invalid'));
    assert.equal(await blobs.stat(terms.key), null);
  });

  it('refuses another Content-Length without reading', async () => {
    const { url } = sign();
    const body = new PassThrough();
    const headers = { 'content-type': 'image/jpeg', 'content-length': '5' };
    await assert.rejects(send({ url, headers, body }), hasCode('size_mismatch'));
    assert.equal(body.readableFlowing, null);
  });

  it('refuses more, fewer and other bytes than were announced, and keeps none of them', async () => {
    const other = Buffer.from(bytes);
    other.writeUInt8((other.readUInt8(1000) + 1) % 256, 1000);
    const cases: [Buffer, ErrorCode][] = [
      [Buffer.concat([bytes, Buffer.from('x')]), 'size_mismatch'],
      [bytes.subarray(1), 'size_mismatch'],
      [Buffer.alloc(0), 'size_mismatch'],
      [other, 'checksum_mismatch'],
    ];
    const headers = { 'content-type': 'image/jpeg' };
    for (const [sent, code] of cases) {
      const { url, terms } = sign();
      const body = Readable.from(chunksOf(sent));
      await assert.rejects(send({ url, headers, body }), hasCode(code));
      assert.equal(await blobs.stat(terms.key), null);
    }
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('stops reading as soon as there are too many bytes', async () => {
    const { url } = sign();
    let given = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given += 65_536;
          yield Buffer.alloc(65_536);
        }
      })(),
    );
    let closed = false;
    endless.once('close', () => {
      closed = true;
    });
    const headers = { 'content-type': 'image/jpeg' };
    await assert.rejects(send({ url, headers, body: endless }), hasCode('size_mismatch'));
    assert.ok(given < 5_000_000, `read ${given} bytes`);
    // Whoever holds the connection still has to answer, and to read on.
    await new Promise(setImmediate);
    assert.equal(endless.listenerCount('readable'), 0);
    assert.equal(closed || endless.destroyed, false);
    endless.destroy();
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('keeps what was there when a second sending fails', async () => {
    const { url, terms } = sign();
    await send({ url });
    const body = Readable.from([bytes.subarray(0, 1000)]);
    await assert.rejects(send({ url, body }), hasCode('size_mismatch'));
    assert.deepEqual(await blobs.read(terms.key), bytes);
  });

  it('leaves nothing when the connection breaks in the middle, and shows nothing before the end', async () => {
    const { url, terms } = sign();
    const body = new PassThrough();
    // It may break before anybody reads it; a request, unlike this stream, does not shout then.
    body.on('error', () => {});
    body.write(bytes.subarray(0, 100_000));
    const sent = send({ url, body });
    await untilTemporaryFile(root);
    assert.equal(await blobs.stat(terms.key), null);
    body.destroy(new Error('aborted'));
    await assert.rejects(sent, hasCode('upload_incomplete'));
    assert.equal(await blobs.stat(terms.key), null);
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
  });

  it('leaves nothing when the server gives up, and lets the line live for the answer', async () => {
    const { url, terms } = sign();
    const body = new PassThrough();
    body.write(bytes.subarray(0, 100_000));
    const control = new AbortController();
    const sent = send({ url, body, signal: control.signal });
    await untilTemporaryFile(root);
    control.abort(new Problem('request_timeout'));
    await assert.rejects(sent, hasCode('request_timeout'));
    assert.equal(body.destroyed, false);
    assert.equal(await blobs.stat(terms.key), null);
    assert.deepEqual(await readdir(join(root, 'tmp')), []);
    await assert.rejects(
      send({ url, signal: AbortSignal.abort(new Problem('request_timeout')) }),
      hasCode('request_timeout'),
    );
  });

  it('removes temporary files that a crash has left, but not those of a running upload', async () => {
    const own = await mkdtemp(join(tmpdir(), 'aperto-blobs-'));
    await mkdir(join(own, 'tmp'));
    for (const name of ['old', 'new']) await writeFile(join(own, 'tmp', name), 'half');
    const hours = (n: number) => new Date(start - n * 3_600_000);
    await utimes(join(own, 'tmp', 'old'), hours(1.1), hours(1.1));
    await utimes(join(own, 'tmp', 'new'), hours(0.9), hours(0.9));
    time = start;
    await openAt(own, clock);
    assert.deepEqual((await filesUnder(own)).sort(), ['root.json', 'tmp/new']);
    await rm(own, { recursive: true });
  });

  it('gives files to nobody but its own user', async () => {
    const { url, terms } = sign();
    await send({ url });
    const { mode } = await stat(join(root, terms.key));
    assert.equal((mode & 0o077).toString(8), '0');
  });
});

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function untilTemporaryFile(root: string): Promise<void> {
  while ((await readdir(join(root, 'tmp'))).length === 0) await new Promise(setImmediate);
}

/** What runs on a disk of 256 KB; it prints one line of JSON. */
const ON_A_SMALL_DISK = `
  import { readdir } from 'node:fs/promises';
  import { Readable } from 'node:stream';
  import { createHash, randomBytes } from 'node:crypto';
  const { openFileBlobs } = await import(process.argv[1]);
  const root = process.argv[2];
  const clock = { now: () => new Date(), millis: () => Date.now() };
  const log = { info() {}, error() {} };
  const blobs = await openFileBlobs({
    roots: [root], secret: randomBytes(32), clock, log, publicPath: '/uploads',
  });
  const codeOf = (promise) => promise.then(() => 'written', (error) => error.code);
  const result = {};
  await blobs.write('local/0a/1/before.jpg', Buffer.alloc(50_000, 1));
  result.write = await codeOf(blobs.write('local/0a/1/big.jpg', Buffer.alloc(300_000)));
  const bytes = randomBytes(300_000);
  const { url, headers } = blobs.signUpload({
    key: 'local/0a/2/original.jpg', contentType: 'image/jpeg', size: bytes.length,
    checksumSha256: createHash('sha256').update(bytes).digest('hex'),
    expiresAt: new Date(Date.now() + 60_000),
  });
  result.receive = await codeOf(blobs.receive({
    url, headers, body: Readable.from([bytes.subarray(0, 150_000), bytes.subarray(150_000)]),
    signal: new AbortController().signal,
  }));
  await blobs.write('local/0b/1/filler.jpg', Buffer.alloc(130_000, 2));
  for (let i = 0; (await codeOf(blobs.write('local/0b/2/' + i, randomBytes(4096)))) === 'written';) i += 1;
  result.check = await codeOf(blobs.check());
  result.left = await readdir(root + '/tmp');
  result.missing = [await blobs.stat('local/0a/1/big.jpg'), await blobs.stat('local/0a/2/original.jpg')];
  result.reads = (await blobs.read('local/0a/1/before.jpg')).equals(Buffer.alloc(50_000, 1));
  await blobs.remove('local/0b/1/filler.jpg');
  result.after = await codeOf(blobs.write('local/0a/1/later.jpg', Buffer.alloc(100_000)));
  console.log(JSON.stringify(result));
`;

describe('a full disk', () => {
  // A file system of its own that only the child sees; not every kernel lets us have one.
  const namespace = ['--user', '--map-root-user', '--mount'];
  const possible =
    spawnSync('unshare', [...namespace, 'sh', '-c', 'mount -t tmpfs -o size=4k none /mnt'])
      .status === 0;

  it('is told, leaves nothing half, lets reads go on, and is over when there is space again', {
    skip: possible ? false : 'no user namespaces here to mount a small disk in',
  }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'aperto-full-'));
    const mount = 'mount -t tmpfs -o size=256k none "$1" && shift && exec "$@"';
    const module = join(import.meta.dirname, 'file.ts');
    const node = [process.execPath, '--input-type=module', '-e', ON_A_SMALL_DISK, module, root];
    const child = spawnSync('unshare', [...namespace, 'sh', '-c', mount, 'sh', root, ...node], {
      encoding: 'utf8',
    });
    await rm(root, { recursive: true });
    assert.equal(child.status, 0, child.stderr);
    assert.deepEqual(JSON.parse(child.stdout), {
      write: 'storage_full',
      receive: 'storage_full',
      check: 'storage_full',
      left: [],
      missing: [null, null],
      reads: true,
      after: 'written',
    });
  });

  it('of one root makes others take the files, or nobody when there are too few', {
    skip: possible ? false : 'no user namespaces here to mount a small disk in',
  }, async () => {
    const place = await mkdtemp(join(tmpdir(), 'aperto-full-'));
    for (const name of ['small', 'b', 'c']) await mkdir(join(place, name));
    const mount = 'mount -t tmpfs -o size=256k none "$1/small" && exec "$@"';
    const module = join(import.meta.dirname, 'file.ts');
    const node = [process.execPath, '--input-type=module', '-e', ON_SEVERAL_DISKS, module];
    const shell = [
      'sh',
      '-c',
      mount.replace('exec "$@"', 'place="$1" && shift && exec "$@" "$place"'),
    ];
    const child = spawnSync('unshare', [...namespace, ...shell, 'sh', place, ...node], {
      encoding: 'utf8',
    });
    await rm(place, { recursive: true });
    assert.equal(child.status, 0, child.stderr);
    assert.deepEqual(JSON.parse(child.stdout), {
      two: 'storage_full',
      received: 'storage_full',
      left: [[], []],
      check: 'storage_full',
      three: 'written',
      copies: 2,
      receivedByThree: 'written',
      unmounted: 'away',
      files: [],
      mountedAgain: 'filling',
    });
  });
});

/** What runs with a disk of 256 KB and two that are large; it prints one line of JSON. */
const ON_SEVERAL_DISKS = `
  import { spawnSync } from 'node:child_process';
  import { readdir, writeFile, rm } from 'node:fs/promises';
  import { Readable } from 'node:stream';
  import { createHash, randomBytes } from 'node:crypto';
  const [module, place] = process.argv.slice(1);
  const { openFileBlobs } = await import(module);
  const [small, b, c] = ['small', 'b', 'c'].map((name) => place + '/' + name);
  let ahead = 0;
  const millis = () => Date.now() + ahead;
  const clock = { now: () => new Date(millis()), millis };
  const log = { info() {}, error() {}, warn() {}, debug() {} };
  const secret = randomBytes(32);
  const open = (...roots) => openFileBlobs({
    roots, copies: 2, secret, clock, log, publicPath: '/uploads',
  });
  const codeOf = (promise) => promise.then(() => 'written', (error) => error.code ?? String(error));
  const receive = (blobs, key) => {
    const bytes = randomBytes(300_000);
    const { url, headers } = blobs.signUpload({
      key, contentType: 'image/jpeg', size: bytes.length,
      checksumSha256: createHash('sha256').update(bytes).digest('hex'),
      expiresAt: new Date(Date.now() + 60_000),
    });
    const body = Readable.from([bytes.subarray(0, 150_000), bytes.subarray(150_000)]);
    return codeOf(blobs.receive({ url, headers, body, signal: new AbortController().signal }));
  };
  const result = {};
  const two = await open(small, b);
  result.two = await codeOf(two.write('local/0a/1/a.jpg', randomBytes(300_000)));
  result.received = await receive(two, 'local/0a/2/a.jpg');
  result.left = [await readdir(small + '/tmp'), await readdir(b + '/tmp')];
  await writeFile(small + '/filler', Buffer.alloc(4_000_000)).catch(() => {});
  result.check = await codeOf(two.check());
  const three = await open(small, b, c);
  for (let i = 0; i < 6; i += 1) {
    result.three = await codeOf(three.write('local/0a/3/' + i, randomBytes(300_000)));
  }
  result.copies = (await three.copiesOf(['local/0a/3/5'])).get('local/0a/3/5').copies;
  for (let i = 0; i < 6; i += 1) result.receivedByThree = await receive(three, 'local/0a/4/' + i);
  await rm(small + '/filler');
  spawnSync('umount', [small]);
  const without = await open(small, b, c);
  result.unmounted = (await without.roots())[0].state;
  result.files = await readdir(small);
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small]);
  ahead += 10_000;
  result.mountedAgain = (await without.roots())[0].state;
  console.log(JSON.stringify(result));
`;
