import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { ErrorBody } from '../../api/errors.ts';
import { readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { privateAddresses } from '../features/media/private-address.ts';
import { createApp } from '../http/app.ts';
import { prepareDrain } from '../http/drain.ts';
import { systemClock } from '../kernel/clock.ts';
import { deriveSecrets } from '../kernel/secrets.ts';
import type { Blobs } from '../ports/blobs/blobs.ts';
import { openFileBlobs } from '../ports/blobs/file.ts';
import { openMemoryBus } from '../ports/bus/memory.ts';
import { serveMedia } from './edge.ts';

const log = pino({ level: 'silent' });
const jpeg = 'local/0a/123/456-large-0123456789abcdef.jpg';
const webp = 'local/0a/123/456-thumbnail-0123456789abcdef.webp';
const avatar = 'local/0a/123/avatar-medium-0123456789abcdef.jpg';
const bytes = randomBytes(100_000);

/** Posts whose pictures are not for everyone. */
const closed = new Set<string>();
const isPostOpen = async (postId: string) => !closed.has(postId);
/** As features do it: the truth first, then the hint. */
function close(postId: string) {
  closed.add(postId);
  bus.publish('post.narrowed', { post_id: postId });
}
const secrets = deriveSecrets('x'.repeat(43));
const clockAt = (time: Date) => ({ ...systemClock, now: () => time, millis: () => time.getTime() });
const deps = () => ({ blobs, secrets, clock: systemClock });
const bus = openMemoryBus({ log });

let root: string;
let blobs: Blobs;
let app: FastifyInstance;
let base: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'aperto-edge-'));
  const secret = randomBytes(32);
  blobs = await openFileBlobs({
    roots: [root],
    secret,
    clock: systemClock,
    log,
    publicPath: '/uploads',
  });
  for (const key of [jpeg, webp, avatar]) await blobs.write(key, bytes);
  await blobs.write('local/0a/123/original.jpg', bytes);
  const config = readConfig({}, root);
  // All that the app and this role use of it.
  const ctx = { ...deps(), bus, config, log } as Context;
  app = await createApp(ctx);
  serveMedia(app, ctx, prepareDrain(app), isPostOpen);
  app.post('/echo', async (request) => request.body);
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
after(async () => {
  await app.close();
  await rm(root, { recursive: true });
});

async function get(key: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer = await fetch(`${base}/media/${key}`, { headers, method });
  return { answer, body: Buffer.from(await answer.arrayBuffer()) };
}

describe('serving renditions', () => {
  it('sends the bytes with everything that lets them be kept and not run', async () => {
    const { answer, body } = await get(jpeg, { 'accept-encoding': 'gzip, br' });
    assert.equal(answer.status, 200);
    assert.deepEqual(body, bytes);
    const expected = {
      'content-type': 'image/jpeg',
      'content-length': '100000',
      'content-encoding': null,
      'cache-control': 'public, max-age=2592000, immutable',
      etag: '"0123456789abcdef"',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'set-cookie': null,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(answer.headers.get(name), value, name);
    }
    assert.equal((await get(webp)).answer.headers.get('content-type'), 'image/webp');
    const day = 'public, max-age=86400, immutable';
    assert.equal((await get(avatar)).answer.headers.get('cache-control'), day);
  });

  it('answers HEAD without a body', async () => {
    const { answer, body } = await get(jpeg, {}, 'HEAD');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '100000');
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.equal(body.length, 0);
  });

  it('answers 304 to who has it', async () => {
    for (const tag of [
      '"0123456789abcdef"',
      'W/"0123456789abcdef"',
      '"a", "0123456789abcdef"',
      '*',
    ]) {
      const { answer, body } = await get(jpeg, { 'if-none-match': tag });
      assert.equal(answer.status, 304, tag);
      assert.equal(answer.headers.get('etag'), '"0123456789abcdef"');
      assert.equal(body.length, 0);
    }
    assert.equal((await get(jpeg, { 'if-none-match': '"other"' })).answer.status, 200);
  });

  it('sends single ranges', async () => {
    const cases: [string, number, number][] = [
      ['bytes=0-0', 0, 1],
      ['bytes=10-19', 10, 20],
      ['bytes=99990-', 99_990, 100_000],
      ['bytes=99990-200000', 99_990, 100_000],
      ['bytes=-10', 99_990, 100_000],
      ['bytes=-200000', 0, 100_000],
    ];
    for (const [range, from, to] of cases) {
      const { answer, body } = await get(jpeg, { range });
      assert.equal(answer.status, 206, range);
      assert.equal(answer.headers.get('content-range'), `bytes ${from}-${to - 1}/100000`);
      assert.deepEqual(body, bytes.subarray(from, to), range);
    }
  });

  it('refuses ranges that lie outside, and sends all for what it does not understand', async () => {
    for (const range of ['bytes=100000-', 'bytes=-0']) {
      const { answer } = await get(jpeg, { range });
      assert.equal(answer.status, 416, range);
      assert.equal(answer.headers.get('content-range'), 'bytes */100000');
    }
    const whole = ['bytes=5-1', 'bytes=0-1,5-6', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes'];
    for (const range of whole) {
      const { answer, body } = await get(jpeg, { range });
      assert.equal(answer.status, 200, range);
      assert.equal(body.length, 100_000);
    }
    const stale = { range: 'bytes=0-9', 'if-range': '"other"' };
    assert.equal((await get(jpeg, stale)).answer.status, 200);
    const fresh = { range: 'bytes=0-9', 'if-range': '"0123456789abcdef"' };
    assert.equal((await get(jpeg, fresh)).answer.status, 206);
  });

  it('serves nothing but renditions, and no error is kept by caches', async () => {
    const hidden = [
      'local/0a/123/original.jpg',
      'local/0a/123/456-large-0000000000000000.jpg',
      'local/0a/123',
      'local/0a/123/',
      '',
      'tmp/x',
      '..%2f..%2fetc%2fpasswd',
      'local/0a/123/..%2f123/456-large-0123456789abcdef.jpg',
      `${jpeg}%00`,
      `${jpeg}%0a`,
      `%2f${jpeg}`,
    ];
    for (const key of hidden) {
      const { answer, body } = await get(key);
      assert.equal(answer.status, 404, key);
      assert.equal((JSON.parse(String(body)) as ErrorBody).error.code, 'not_found');
      assert.equal(answer.headers.get('cache-control'), 'no-store', key);
    }
  });
});

/** A signed upload of `bytes` under a key of its own. */
let count = 0;
function sign() {
  count += 1;
  const key = `local/0b/${count}/original.jpg`;
  const { url, headers } = blobs.signUpload({
    key,
    contentType: 'image/jpeg',
    size: bytes.length,
    checksumSha256: createHash('sha256').update(bytes).digest('hex'),
    expiresAt: new Date(Date.now() + 60_000),
  });
  return { key, url, headers };
}

async function put(url: string, headers: Record<string, string>, body: Buffer) {
  const answer = await fetch(base + url, { method: 'PUT', headers, body: new Uint8Array(body) });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

function codeIn(body: unknown): string {
  return (body as ErrorBody).error.code;
}

/** A connection on which a test writes HTTP by hand. */
async function openLine(): Promise<Socket> {
  const { port } = new URL(base);
  const line = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => line.once('connect', resolve));
  return line;
}

async function temporaryFiles(): Promise<number> {
  return (await readdir(join(root, 'tmp'))).length;
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await new Promise(setImmediate);
}

describe('taking uploads', () => {
  it('takes the bytes, twice too', async () => {
    const { key, url, headers } = sign();
    for (let i = 0; i < 2; i += 1) {
      assert.deepEqual(await put(url, { ...headers }, bytes), {
        status: 200,
        body: { success: true, data: {} },
      });
    }
    assert.deepEqual(await blobs.read(key), bytes);
  });

  it('says what is wrong in the envelope', async () => {
    const { url, headers } = sign();
    const wrong = await put(url.replace('size=100000', 'size=99999'), { ...headers }, bytes);
    assert.deepEqual([wrong.status, codeIn(wrong.body)], [403, 'signature_invalid']);
    const short = await put(url, { ...headers }, bytes.subarray(1));
    assert.deepEqual([short.status, codeIn(short.body)], [422, 'size_mismatch']);
    const other = await put(url, { ...headers }, Buffer.alloc(bytes.length));
    assert.deepEqual([other.status, codeIn(other.body)], [422, 'checksum_mismatch']);
    const json = await put(url, { 'content-type': 'application/json' }, Buffer.from('{}'));
    assert.deepEqual([json.status, codeIn(json.body)], [403, 'signature_invalid']);
    assert.equal(await temporaryFiles(), 0);
  });

  it('lets who sends far too much hear why', async () => {
    const { url, headers } = sign();
    const much = await put(url, { ...headers }, Buffer.alloc(8_000_000));
    assert.deepEqual([much.status, codeIn(much.body)], [422, 'size_mismatch']);
  });

  it('lets who sends more than was announced, without saying so before, hear why', async () => {
    const { url, headers } = sign();
    const body = ReadableStream.from(
      (function* () {
        for (let i = 0; i < 100; i += 1) yield new Uint8Array(65_536);
      })(),
    );
    const init = { method: 'PUT', headers: { ...headers }, body, duplex: 'half' } as const;
    const answer = await fetch(base + url, init);
    assert.deepEqual([answer.status, codeIn(await answer.json())], [422, 'size_mismatch']);
  });

  it('cuts off who never stops sending a refused file', async () => {
    const line = await openLine();
    line.write(`PUT ${sign().url}0 HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\n`);
    line.write('Transfer-Encoding: chunked\r\n\r\n');
    const chunk = Buffer.concat([
      Buffer.from('10000\r\n'),
      Buffer.alloc(65_536),
      Buffer.from('\r\n'),
    ]);
    const closed = new Promise((resolve) => line.once('close', resolve));
    line.on('error', () => {});
    const send = () => {
      while (line.writable && line.write(chunk));
    };
    line.on('drain', send);
    let answer = '';
    line.on('data', (part) => {
      answer += part;
    });
    send();
    await closed;
    assert.match(answer, /^HTTP\/1\.1 403 /);
  });

  it('keeps nothing of a file whose sender went away', async () => {
    const { key, url } = sign();
    const line = await openLine();
    line.write(`PUT ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: image/jpeg\r\n`);
    line.write(`Content-Length: ${bytes.length}\r\n\r\n`);
    line.write(bytes.subarray(0, 60_000));
    await until(async () => (await temporaryFiles()) > 0);
    line.destroy();
    await until(async () => (await temporaryFiles()) === 0);
    assert.equal(await blobs.stat(key), null);
  });

  it('is no way around the limits of other bodies', async () => {
    const answer = await fetch(`${base}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: 'x',
    });
    assert.equal(answer.status, 415);
    await answer.arrayBuffer();
  });
});

describe('pictures that are not for everyone', () => {
  const at = (key: string) => privateAddresses(deps())(key).replace('/media/', '');

  it('open only by an address that is signed for them, and nobody else keeps them', async () => {
    close('123');
    try {
      assert.equal((await get(jpeg)).answer.status, 404);
      const { answer, body } = await get(at(jpeg));
      assert.equal(answer.status, 200);
      assert.deepEqual(body, bytes);
      const caching = answer.headers.get('cache-control') ?? '';
      const [, seconds] = /^private, max-age=([0-9]+), immutable$/.exec(caching) ?? [];
      assert.ok(Number(seconds) > 100 && Number(seconds) <= 300, caching);
      assert.equal((await get(at(webp))).answer.status, 200);
      assert.equal((await get(avatar)).answer.status, 200, 'profile pictures are for everyone');
    } finally {
      closed.clear();
    }
  });

  it('stay shut for addresses of other posts, changed ones, and old ones', async () => {
    close('123');
    try {
      const query = at(jpeg).slice(jpeg.length);
      const other = at('local/0a/124/456-large-0123456789abcdef.jpg').split('?')[1];
      const later = query.replace(/until=([0-9]+)/, (_, until) => `until=${Number(until) + 150}`);
      const ago = new Date(Date.now() - 301_000);
      const old = privateAddresses({ ...deps(), clock: clockAt(ago) })(jpeg).replace('/media/', '');
      for (const wrong of [
        `${jpeg}?${other}`,
        jpeg + later,
        `${jpeg}${query}&until=1`,
        `${jpeg}?signature=x&until=9999999999`,
        old,
      ]) {
        assert.equal((await get(wrong)).answer.status, 404, wrong);
      }
    } finally {
      closed.clear();
    }
  });
});

describe('time limits', () => {
  it('gives uploads hours, and other bodies what was set before', async () => {
    const ctx = { ...deps(), bus, config: readConfig({}, root), log } as Context;
    const quick = await createApp(ctx);
    quick.server.requestTimeout = 50;
    serveMedia(quick, ctx, prepareDrain(quick), isPostOpen);
    // As the API is: encapsulated, and after the edge.
    await quick.register(async (api) => {
      api.post('/echo', async (request) => request.body);
    });
    const address = await quick.listen({ port: 0, host: '127.0.0.1' });
    assert.ok(quick.server.requestTimeout > 3_600_000);
    const line = connect(Number(new URL(address).port), '127.0.0.1');
    line.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n');
    line.write('Content-Length: 10\r\n\r\n{');
    const answer = await text(line);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /"code":"request_timeout"/);
    await quick.close();
  });
});
