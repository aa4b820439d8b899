import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import type { ErrorBody } from '../../../api/errors.ts';
import { openEdge, type TestEdge } from '../../../test/edge.ts';

const RUNS = 400;

let edge: TestEdge;
/** Small ones, of which the edge keeps some in memory; one that it streams; one that is closed. */
const files = new Map<string, Buffer>();
let closedKey: string;
let originalKey: string;
before(async () => {
  edge = await openEdge();
  for (const size of [1, 2, 1000, 65_536, 100_003]) {
    const bytes = randomBytes(size);
    files.set(await edge.put(bytes), bytes);
  }
  const film = randomBytes(1_100_000);
  files.set(await edge.put(film, { part: 'video', end: 'mp4' }), film);
  closedKey = await edge.put(randomBytes(1000), { postId: '999' });
  await edge.close('999');
  originalKey = `local/0a/123/original-${'0'.repeat(64)}.jpg`;
  await edge.blobs.write(originalKey, randomBytes(1000));
});
after(() => edge.stop());

/** What comes back for a head that is written as it stands. */
async function send(head: string): Promise<{ status: number; head: string; body: Buffer }> {
  const line = connect(Number(new URL(edge.url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  line.on('data', (chunk) => chunks.push(chunk));
  line.write(head, 'latin1');
  await once(line, 'close');
  const all = Buffer.concat(chunks);
  const end = all.indexOf('\r\n\r\n');
  const said = all.toString('latin1', 0, end);
  return { status: Number(said.slice(9, 12)), head: said, body: all.subarray(end + 4) };
}

const around = (size: number) =>
  fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '1',
      `${size - 1}`,
      `${size}`,
      `${size + 1}`,
      '9'.repeat(20),
      '-1',
      '00',
    ),
    fc.nat(2 * size).map(String),
  );
/** Node takes no others for a header. */
const visible = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((n) => n !== 0x7f)
    .map((n) => String.fromCharCode(n)),
});

/** RFC 9110, 14.1.1, of one range, written a second time. */
function expected(range: string, size: number): [number, number] | 'unsatisfiable' | 'all' {
  const found = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!found || range.length > 36) return 'all';
  const [first, last] = [found[1] ?? '', found[2] ?? ''].map((n) => (n === '' ? null : BigInt(n)));
  const end = BigInt(size) - 1n;
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  if (first === null || first === undefined) {
    if (last === null || last === undefined) return 'all';
    if (last === 0n) return 'unsatisfiable';
    return [Number(end - least(last, end + 1n) + 1n), Number(end)];
  }
  if (last !== null && last !== undefined && last < first) return 'all';
  if (first > end) return 'unsatisfiable';
  return [Number(first), Number(last === null || last === undefined ? end : least(last, end))];
}

it('no range is answered with a byte outside of it, or of another file, or with a fault', async () => {
  const keys = [...files.keys()];
  const asked = fc.constantFrom(...keys).chain((key) => {
    const size = files.get(key)?.length ?? 0;
    const one = fc.tuple(around(size), around(size)).map(([a, b]) => `bytes=${a}-${b}`);
    const several = fc.array(one, { minLength: 2, maxLength: 4 }).map((all) => all.join(','));
    const range = fc.oneof({ weight: 6, arbitrary: one }, several, visible);
    return fc.record({
      key: fc.constant(key),
      range,
      method: fc.constantFrom('GET', 'GET', 'HEAD'),
    });
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ key, range, method }) => {
      const bytes = files.get(key) ?? Buffer.alloc(0);
      const lines = `Host: a\r\nConnection: close\r\nRange: ${range}\r\n\r\n`;
      const { status, head, body } = await send(`${method} /media/${key} HTTP/1.1\r\n${lines}`);
      // Numbers of more than 15 digits are none here: they stand for no place in any file.
      const known = /\d{16}/.test(range) ? 'all' : expected(range.trim(), bytes.length);
      const wanted = method === 'HEAD' ? 'all' : known;
      if (wanted === 'unsatisfiable') {
        assert.equal(status, 416);
        assert.match(head, new RegExp(`content-range: bytes \\*/${bytes.length}`, 'i'));
        assert.equal(body.length, 0);
      } else if (wanted === 'all') {
        assert.equal(status, 200);
        assert.ok(method === 'HEAD' ? body.length === 0 : body.equals(bytes));
        assert.match(head, new RegExp(`content-length: ${bytes.length}`, 'i'));
      } else {
        const [first, last] = wanted;
        assert.equal(status, 206);
        assert.match(
          head,
          new RegExp(`content-range: bytes ${first}-${last}/${bytes.length}`, 'i'),
        );
        assert.ok(body.equals(bytes.subarray(first, last + 1)));
      }
    }),
    { numRuns: RUNS },
  );
});

it('no key leads to anything but the file that it names, nor to a fault', async () => {
  const keys = [...files.keys(), closedKey, originalKey];
  const odd = fc.constantFrom(
    ...['..', '.', '', '%2e%2e', '..%2f', '%2f', '%5c', '\\', '%00', '%0a', '%', '%zz', '%c3%28'],
    ...['tmp', '?', '#', ';', '//', 'original.jpg', 'é', '~', '*', 'x'.repeat(300)],
  );
  const piece = fc.oneof(
    odd,
    odd,
    visible,
    fc.constantFrom(...keys.flatMap((key) => key.split('/'))),
  );
  const changed = fc
    .tuple(fc.constantFrom(...keys), fc.nat(80), fc.nat(3), piece)
    .map(([key, at, cut, put]) => key.slice(0, at) + put + key.slice(at + cut));
  const built = fc.array(piece, { maxLength: 6 }).map((all) => all.join('/'));
  const query = fc.constantFrom('', '', '?until=9999999999&signature=x', '?until=1&until=2', '?%');
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed, changed, built), query, async (key, search) => {
      // Of these, the request line itself would be another.
      const path = `${key}${search}`.replace(/[\s\u0080-\u00ff]/g, (c) => encodeURIComponent(c));
      const lines = 'Host: a\r\nConnection: close\r\n\r\n';
      const { status, body } = await send(`GET /media/${path} HTTP/1.1\r\n${lines}`);
      if (status === 200) {
        const name = decodeURIComponent(path.split(/[?#;]/, 1)[0] ?? '');
        const bytes = files.get(name);
        assert.ok(bytes && body.equals(bytes), path);
        return;
      }
      if (status === 400) return;
      assert.equal(status, 404, path);
      assert.equal((JSON.parse(String(body)) as ErrorBody).error.code, 'not_found');
    }),
    { numRuns: RUNS },
  );
});
