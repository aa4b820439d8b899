import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { openEdge, type TestEdge } from '../../../test/edge.ts';
import { HotFiles } from './hot-files.ts';

let edge: TestEdge;
before(async () => {
  edge = await openEdge();
});
after(() => edge.stop());

const get = async (key: string, query = '') => {
  const answer = await fetch(`${edge.url}/media/${key}${query}`);
  return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
};
const askedOf = (key: string) => edge.asked.filter((line) => line.endsWith(key));

/** `lines` connections on which `each` requests are sent in one go; all that comes back, together. */
async function askAtOnce(key: string, lines: number, each: number): Promise<Buffer[]> {
  const request = `GET /media/${key} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const last = request.replace('Host', 'Connection: close\r\nHost');
  return Promise.all(
    Array.from({ length: lines }, async () => {
      const line: Socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
      const chunks: Buffer[] = [];
      line.on('data', (chunk) => chunks.push(chunk));
      line.write(request.repeat(each - 1) + last);
      await once(line, 'close');
      return Buffer.concat(chunks);
    }),
  );
}

describe('a cold file', () => {
  it('that is requested 1,000 times at once is read once', async () => {
    const bytes = randomBytes(50_000);
    const key = await edge.put(bytes);
    const { promise, resolve } = Promise.withResolvers<void>();
    edge.gate = promise;
    let arrived = 0;
    edge.app.server.on('request', () => {
      arrived += 1;
      if (arrived === 1000) setImmediate(resolve);
    });
    const answers = await askAtOnce(key, 100, 10);
    assert.equal(arrived, 1000);
    assert.deepEqual(askedOf(key), [`stat ${key}`, `read ${key}`]);
    for (const answer of answers) {
      let at = 0;
      for (let n = 0; n < 10; n += 1) {
        const head = answer.indexOf('\r\n\r\n', at);
        assert.match(answer.toString('latin1', at, head), /^HTTP\/1\.1 200 /);
        at = head + 4 + bytes.length;
        assert.ok(answer.subarray(head + 4, at).equals(bytes));
      }
      assert.equal(at, answer.length);
    }
  });

  it('that is not there is no fault, for as many as ask', async () => {
    const key = await edge.put(randomBytes(100));
    await edge.blobs.remove(key);
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(key)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([404]));
    await edge.blobs.write(key, Buffer.from('here now'));
    assert.equal(String((await get(key)).bytes), 'here now');
  });

  it('that is large is streamed, and not kept', async () => {
    const bytes = randomBytes(1_000_001);
    const key = await edge.put(bytes, { part: 'video', end: 'mp4' });
    for (let i = 0; i < 2; i += 1) assert.ok((await get(key)).bytes.equals(bytes));
    assert.deepEqual(
      askedOf(key).map((line) => line.split(' ')[0]),
      ['stat', 'stream', 'stat', 'stream'],
    );
  });
});

describe('a file in memory', () => {
  it('leaves it when its post is deleted, also while it is being read', async () => {
    const kept = await edge.put(randomBytes(1000), { postId: '300' });
    const reading = await edge.put(randomBytes(1000), { postId: '300' });
    await get(kept);
    await get(kept);
    assert.equal(askedOf(kept).length, 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    edge.gate = promise;
    const running = get(reading);
    while (askedOf(reading).length < 2) await new Promise(setImmediate);
    await edge.close('300', 'post.deleted');
    resolve();
    await running;
    assert.equal((await get(kept)).status, 404, 'from now on nobody without a signature');
    for (const key of [kept, reading]) {
      await edge.blobs.remove(key);
      const { search } = new URL(edge.signed(key), edge.url);
      assert.equal((await get(key, search)).status, 404, 'nothing of it is in memory');
    }
  });

  it('is asked about anew after a second, hint or not', async () => {
    const key = await edge.put(randomBytes(1000), { postId: '301' });
    for (let i = 0; i < 3; i += 1) assert.equal((await get(key)).status, 200);
    edge.closed.add('301');
    edge.pass(1001);
    assert.equal((await get(key)).status, 404);
  });

  it('makes place for others', async () => {
    const hot = new HotFiles(edge.blobs, 20_000);
    const keys = await Promise.all(
      Array.from({ length: 4 }, () => edge.put(randomBytes(4000), { postId: '302' })),
    );
    for (const key of keys) await hot.find(key);
    assert.deepEqual(
      keys.map((key) => hot.peek(key) !== undefined),
      [false, false, true, true],
    );
  });
});
