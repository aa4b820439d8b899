import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { openEdge, type TestEdge } from '../../../test/edge.ts';
import { within } from '../../../test/within.ts';

const bytes = randomBytes(900_000);
let edge: TestEdge;
let key: string;
before(async () => {
  edge = await openEdge();
  key = await edge.put(bytes);
});
after(() => edge.stop());

const port = () => Number(new URL(edge.url).port);
const requestOf = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

async function get(path = `/media/${key}`, headers: Record<string, string> = {}) {
  const answer = await fetch(edge.url + path, { headers });
  const body = Buffer.from(await answer.arrayBuffer());
  // Fastify names each of its requests, of which the lane knows nothing.
  const isFast = answer.status === 200 && !answer.headers.has('x-request-id');
  return { answer, body, isFast };
}

/** Has the file in memory, and known to be for everyone. */
async function warm() {
  await get();
  assert.equal((await get()).isFast, true);
}

/** An answer on a line by hand: its head and as many bytes as it says. */
class Line {
  readonly socket: Socket = connect(port(), '127.0.0.1');
  #bytes = Buffer.alloc(0);

  async answer(): Promise<{ head: string; body: Buffer }> {
    for (;;) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      const head = this.#bytes.toString('latin1', 0, Math.max(0, end));
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (end >= 0 && this.#bytes.length >= end + 4 + length) {
        const body = this.#bytes.subarray(end + 4, end + 4 + length);
        this.#bytes = this.#bytes.subarray(end + 4 + length);
        return { head, body };
      }
      const [chunk] = await within(once(this.socket, 'data'), 'an answer');
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    }
  }
}

describe('the fast lane', () => {
  it('gives what the router gives', async () => {
    const slow = await get();
    const fast = await get();
    assert.deepEqual([slow.isFast, fast.isFast], [false, true]);
    assert.ok(fast.body.equals(bytes) && slow.body.equals(bytes));
    const headers = (one: typeof slow) =>
      Object.fromEntries(
        [...one.answer.headers].filter(([name]) => !/^(date|x-request-id)$/.test(name)),
      );
    assert.deepEqual(headers(fast), headers(slow));
    assert.equal(headers(fast)['keep-alive'], 'timeout=72');
  });

  it('says when it answered', async () => {
    await warm();
    const seconds = async () => Date.parse((await get()).answer.headers.get('date') ?? '') / 1000;
    const then = await seconds();
    const passed = 3600;
    edge.pass(passed * 1000);
    await warm();
    assert.equal((await seconds()) - then, passed);
    edge.pass(-passed * 1000);
  });

  it('leaves to the router what it does not know for sure', async () => {
    await warm();
    const others: [string, Record<string, string>, number][] = [
      [`/media/${key}`, { range: 'bytes=0-9' }, 206],
      [`/media/${key}`, { 'if-none-match': '*' }, 304],
      [`/media/${key}?x=1`, {}, 200],
      [`/media/${key}/`, {}, 404],
      [`/media/${key.replace('/', '%2f')}`, {}, 200],
      ['/elsewhere', {}, 200],
    ];
    for (const [path, headers, status] of others) {
      const { answer, isFast } = await get(path, headers);
      assert.deepEqual([answer.status, isFast], [status, false], path);
    }
    const head = await fetch(`${edge.url}/media/${key}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.has('x-request-id')], [200, true]);
  });

  it('shares its lines with the router, in turn and piled up', async () => {
    await warm();
    const line = new Line();
    const paths = [`/media/${key}`, '/elsewhere', `/media/${key}`, `/media/${key}`, '/elsewhere'];
    const demandAll = async () => {
      for (const path of paths) {
        const { head, body } = await line.answer();
        assert.match(head, /^HTTP\/1\.1 200 /);
        if (path === '/elsewhere') assert.equal(String(body), '{"by":"the router"}');
        else assert.ok(body.equals(bytes));
      }
    };
    for (let round = 0; round < 3; round += 1) {
      line.socket.write(paths.map((path) => requestOf(path)).join(''));
      await demandAll();
    }
    for (const path of paths.slice(0, 3)) {
      line.socket.write(requestOf(path));
      assert.match((await line.answer()).head, /^HTTP\/1\.1 200 /);
    }
    line.socket.write(requestOf(`/media/${key}`, 'Connection: close\r\n'));
    const { head } = await line.answer();
    assert.match(head, /connection: close/i);
    await within(once(line.socket, 'close'), 'the end of the line');
  });

  it('speaks HTTP/1.0 as the router does', async () => {
    await warm();
    const line = new Line();
    line.socket.write(requestOf(`/media/${key}`).replace('1.1', '1.0'));
    const { head, body } = await line.answer();
    assert.match(head, /x-request-id/);
    assert.ok(body.equals(bytes));
    await within(once(line.socket, 'close'), 'the end of the line');
  });

  it('writes a line of the log for each', async () => {
    await warm();
    const before = edge.log.length;
    await get();
    const [line = ''] = edge.log.slice(before).filter((one) => one.includes('"request"'));
    const { method, path, status } = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual([method, path, status], ['GET', `/media/${key}`, 200]);
  });

  it('closes with the post, at once', async () => {
    const other = await edge.put(bytes, { postId: '400' });
    const path = `/media/${other}`;
    await get(path);
    assert.equal((await get(path)).isFast, true);
    await edge.close('400');
    assert.equal((await get(path)).answer.status, 404);
  });

  it('does not open for a post that was closed while it was looked at', async () => {
    const path = `/media/${await edge.put(bytes, { postId: '401' })}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    edge.judged = promise;
    const heard = once(edge.app.server, 'request');
    const running = get(path);
    await heard;
    await new Promise(setImmediate);
    await edge.close('401');
    resolve();
    assert.equal((await running).answer.status, 200, 'it was open when that was asked');
    assert.equal((await get(path)).answer.status, 404);
  });
});

describe('a server that stops', () => {
  let stopping: TestEdge;
  before(async () => {
    stopping = await openEdge();
  });
  afterEach(() => stopping.stop());

  it('gives a slow reader of the fast lane its answers to the end, and takes no more', async () => {
    const slow = await stopping.put(bytes);
    const path = `${stopping.url}/media/${slow}`;
    for (let i = 0; i < 2; i += 1) await (await fetch(path)).arrayBuffer();
    const { server } = stopping.app;
    const accepted = once(server, 'connection');
    const line = connect(Number(new URL(stopping.url).port), '127.0.0.1');
    line.pause();
    const [here] = (await accepted) as [Socket];
    let sent = 0;
    // One by one, until the kernel takes no more for one who reads nothing.
    while (here.writableLength === 0) {
      const heard = once(server, 'request');
      line.write(requestOf(`/media/${slow}`));
      await within(heard, 'the request');
      await new Promise(setImmediate);
      sent += 1;
    }
    const fast = stopping.log.filter((one) => !one.includes('req_id'));
    assert.ok(fast.length >= sent);
    stopping.drain.begin();
    assert.equal((await fetch(path)).status, 503);
    const closed = stopping.drain.close();
    let got = 0;
    line.on('data', (chunk) => {
      got += chunk.length;
    });
    line.resume();
    await within(once(line, 'close'), 'the end of the line');
    assert.ok(got > sent * bytes.length, `${got} bytes of ${sent} answers`);
    await within(closed, 'the end');
  });
});
