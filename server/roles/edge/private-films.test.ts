import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openEdge, type TestEdge } from '../../../test/edge.ts';

const SEGMENT = Buffer.from('a part of a film');
const POSTER = Buffer.from('a picture of it');

let edge: TestEdge;
let master: string;
let poster: string;
before(async () => {
  edge = await openEdge();
  const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);
  const segment = nameOf(await edge.put(SEGMENT, { part: 'v720-1', end: 'm4s' }));
  const list = `#EXTM3U\n#EXT-X-MAP:URI="${segment}"\n#EXTINF:2,\n${segment}\n#EXT-X-ENDLIST\n`;
  const variant = await edge.put(Buffer.from(list), { part: 'v720', end: 'm3u8' });
  const all = `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000\n${nameOf(variant)}\n`;
  master = await edge.put(Buffer.from(all), { part: 'video', end: 'm3u8' });
  poster = await edge.put(POSTER, { part: 'large', end: 'jpg' });
});
after(() => edge.stop());

async function get(address: string, headers: Record<string, string> = {}) {
  const answer = await fetch(new URL(address, edge.url), { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** What a player does: addresses are resolved against the playlist's. */
const resolve = (address: string, playlist: string) =>
  new URL(address, new URL(playlist, edge.url)).href;

const addressesIn = (playlist: string) =>
  playlist.split('\n').flatMap((line) => /^([^#].*)|URI="([^"]+)"/.exec(line)?.slice(1) ?? []);

/** Plays what an address of the master playlist leads to, and gives what was asked for. */
async function play(address: string): Promise<string[]> {
  const first = await get(address);
  assert.equal(first.status, 200);
  const [variant = ''] = addressesIn(first.text).filter(Boolean);
  const second = await get(resolve(variant, address));
  assert.equal(second.status, 200);
  const asked = [resolve(variant, address)];
  for (const segment of addressesIn(second.text).filter(Boolean)) {
    const at = resolve(segment, resolve(variant, address));
    const third = await get(at);
    assert.deepEqual([third.status, third.text], [200, String(SEGMENT)]);
    asked.push(at);
  }
  assert.equal(asked.length, 3);
  return asked;
}

describe('films of closed posts', () => {
  let passed = 0;
  const pass = (seconds: number) => {
    edge.pass(seconds * 1000);
    passed += seconds;
  };
  before(() => edge.close('123'));
  afterEach(() => pass(-passed));

  it('play from a signed address to the end of each list', async () => {
    assert.equal((await get(`/media/${master}`)).status, 404);
    const address = edge.signed(master);
    const asked = await play(address);
    for (const one of asked) assert.match(one, /\?until=\d+&signature=/);
    const { headers } = await get(address);
    assert.match(headers.get('cache-control') ?? '', /^private, max-age=\d+, immutable$/);
    assert.equal(headers.get('content-type'), 'application/vnd.apple.mpegurl');
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
  });

  it('go on for as long as the longest video when the page’s addresses have ended, and no longer', async () => {
    const address = edge.signed(master);
    const asked = await play(address);
    pass(301);
    assert.equal((await get(address)).status, 404);
    for (const one of asked) assert.equal((await get(one)).status, 200);
    pass(600);
    const [variant = ''] = asked;
    assert.equal((await get(variant)).status, 404);
    for (const one of asked) assert.equal((await get(one)).status, 404);
  });

  it('get no more time by asking for a list again', async () => {
    const [variant = '', segment] = await play(edge.signed(master));
    pass(400);
    const { text, headers } = await get(variant);
    assert.equal(resolve(addressesIn(text).filter(Boolean)[0] ?? '', variant), segment);
    const [, seconds] = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
    assert.ok(Number(seconds) <= 500, seconds);
  });

  it('open no pictures, and nothing of other posts', async () => {
    const [variant = ''] = await play(edge.signed(master));
    const { search } = new URL(variant);
    assert.equal((await get(`/media/${poster}${search}`)).status, 404);
    await edge.close('124');
    const other = await edge.put(SEGMENT, { postId: '124', part: 'v720-1', end: 'm4s' });
    assert.equal((await get(`/media/${other}${search}`)).status, 404);
    const { until } = Object.fromEntries(new URL(edge.signed(master), edge.url).searchParams);
    const later = search.replace(/until=\d+/, `until=${until}`);
    assert.equal((await get(`/media/${master}${later}`)).status, 404);
  });

  it('have lists whose tag is that of their text', async () => {
    const now = edge.signed(master);
    const first = await get(now);
    const tag = first.headers.get('etag') ?? '';
    assert.equal((await get(now, { 'if-none-match': tag })).status, 304);
    pass(150);
    const second = await get(edge.signed(master));
    assert.notEqual(second.text, first.text);
    assert.notEqual(second.headers.get('etag'), tag);
    const [from, to] = [5, 20];
    const part = await get(now, { range: `bytes=${from}-${to}` });
    assert.deepEqual([part.status, part.text], [206, first.text.slice(from, to + 1)]);
    assert.equal(Number(first.headers.get('content-length')), first.text.length);
  });
});

it('lists of open posts are sent as they are, for everyone to keep', async () => {
  const list = Buffer.from('#EXTM3U\n1.m4s\n');
  const key = await edge.put(list, { postId: '200', part: 'video', end: 'm3u8' });
  for (let i = 0; i < 3; i += 1) {
    const { status, text, headers } = await get(`/media/${key}`, { 'accept-encoding': 'br' });
    assert.deepEqual([status, text], [200, String(list)]);
    assert.equal(headers.get('cache-control'), 'public, max-age=2592000, immutable');
    assert.equal(headers.get('content-encoding'), null);
  }
});
