import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { after, before, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openEdge, type TestEdge } from '../../../test/edge.ts';
import { until, within } from '../../../test/within.ts';

const READERS = 20;
const FILM_BYTES = 40_000_000;
/** Of each reader: what the stream reads ahead, and what the connection holds of it. */
const HELD_MAX = 1_000_000;
const STALL_MS = 500;

let edge: TestEdge;
const film = randomBytes(FILM_BYTES);
let key: string;
before(async () => {
  edge = await openEdge();
  key = await edge.put(film, { part: 'video', end: 'mp4' });
});
after(() => edge.stop());

/** Asks for a file, and reads nothing of it. */
async function askAndStall(headers = ''): Promise<{ far: Socket; near: Socket }> {
  const accepted = once(edge.app.server, 'connection');
  const far = connect(Number(new URL(edge.url).port), '127.0.0.1');
  far.on('error', () => {});
  far.pause();
  const [near] = (await accepted) as [Socket];
  far.write(`GET /media/${key} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  return { far, near };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is still held, without what was sent long ago. */
function bytesInMemory(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

it('who reads slowly is sent no faster, in little memory, and all of it', async () => {
  const from = bytesInMemory();
  const readers: Awaited<ReturnType<typeof askAndStall>>[] = [];
  for (let n = 0; n < READERS; n += 1) readers.push(await askAndStall());
  await until(async () => {
    await new Promise(setImmediate);
    return readers.every(({ near }) => near.writableNeedDrain);
  }, 'the kernel takes no more for any of them');
  // What was sent goes when the collector's threads come to it.
  await until(
    async () => {
      await new Promise(setImmediate);
      return (bytesInMemory() - from) / READERS < HELD_MAX;
    },
    `not more than ${HELD_MAX} bytes are held for a reader`,
    10_000,
  );
  const { streams } = edge;
  assert.equal(streams.length, READERS);
  for (const { near } of readers) {
    assert.ok(near.bytesWritten < FILM_BYTES / 2, `${near.bytesWritten} bytes written`);
  }

  const [first, ...others] = readers;
  for (const { far } of others) far.destroy();
  let got = 0;
  first?.far.on('data', (chunk) => {
    got += chunk.length;
  });
  first?.far.resume();
  await until(async () => {
    await new Promise(setImmediate);
    return got > FILM_BYTES;
  }, 'the whole film');
  first?.far.destroy();
  await within(Promise.all(streams.map(ended)), 'all files are closed');
});

it('who reads nothing for too long is cut off, and the file is closed', async () => {
  const { server } = edge.app;
  assert.equal(server.timeout, 60_000, 'as it is set for all requests');
  const { timeout } = server;
  server.timeout = STALL_MS;
  try {
    const before = edge.streams.length;
    const { far, near } = await askAndStall('Range: bytes=1000-\r\n');
    const gone = once(near, 'close');
    await within(gone, 'the connection is closed');
    const [stream] = edge.streams.slice(before);
    assert.ok(stream);
    await within(ended(stream), 'the file is closed');
    far.destroy();
  } finally {
    server.timeout = timeout;
  }
});

async function ended(stream: Readable): Promise<void> {
  if (!stream.closed) await once(stream, 'close');
}
