import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { Problem } from '../../kernel/problem.ts';
import { BlobMissing, type Blobs, SCRUB_BUCKETS, type ScrubReport } from './blobs.ts';

/** What every blob store must do, whatever lies behind it. `open` gives an empty one. */
export function describeBlobs(
  name: string,
  open: () => Promise<{ blobs: Blobs; close(): Promise<void> }>,
): void {
  describe(`${name} as a blob store`, () => {
    let blobs: Blobs;
    let close: () => Promise<void>;
    before(async () => {
      ({ blobs, close } = await open());
    });
    after(() => close());

    it('gives back what was written, whole and in ranges', async () => {
      await blobs.write('local/0a/1/a.jpg', Buffer.from('0123456789'));
      assert.equal(String(await blobs.read('local/0a/1/a.jpg')), '0123456789');
      assert.equal(String(await blobs.read('local/0a/1/a.jpg', { start: 2, end: 4 })), '234');
      assert.equal(String(await blobs.read('local/0a/1/a.jpg', { start: 8, end: 99 })), '89');
      assert.equal(await text(await blobs.stream('local/0a/1/a.jpg')), '0123456789');
      const middle = await blobs.stream('local/0a/1/a.jpg', { start: 5, end: 5 });
      assert.equal(await text(middle), '5');
      assert.deepEqual(await blobs.stat('local/0a/1/a.jpg'), { size: 10 });
    });

    it('takes the same key again', async () => {
      const bytes = randomBytes(300_000);
      await Promise.all([1, 2, 3].map(() => blobs.write('local/0b/1/same.webp', bytes)));
      await blobs.write('local/0b/1/same.webp', bytes);
      assert.deepEqual(await blobs.read('local/0b/1/same.webp'), bytes);
    });

    it('says that a missing blob is missing, and a folder is no blob', async () => {
      await blobs.write('local/0c/1/a.jpg', Buffer.from('a'));
      for (const key of ['local/0c/1/b.jpg', 'local/0c/1', 'local/0c/1/a.jpg/b.jpg']) {
        assert.equal(await blobs.stat(key), null);
        await assert.rejects(blobs.read(key), BlobMissing);
        await assert.rejects(blobs.stream(key), BlobMissing);
      }
    });

    it('removes, also what is not there', async () => {
      await blobs.write('local/0d/1/a.jpg', Buffer.from('a'));
      await blobs.write('local/0d/1/b.jpg', Buffer.from('b'));
      await blobs.remove('local/0d/1/a.jpg');
      await blobs.remove('local/0d/1/a.jpg');
      await blobs.remove('local/0d/2/never.jpg');
      assert.equal(await blobs.stat('local/0d/1/a.jpg'), null);
      assert.equal(String(await blobs.read('local/0d/1/b.jpg')), 'b');
    });

    it('writes beside somebody who empties the folder', async () => {
      for (let i = 0; i < 50; i += 1) {
        await blobs.write('local/0e/1/a.jpg', Buffer.from('a'));
        await Promise.all([
          blobs.remove('local/0e/1/a.jpg'),
          blobs.write('local/0e/1/b.jpg', Buffer.from('b')),
        ]);
        assert.equal(String(await blobs.read('local/0e/1/b.jpg')), 'b');
        await blobs.remove('local/0e/1/b.jpg');
      }
    });

    it('refuses keys that lead elsewhere', async () => {
      const evil = [
        '',
        '/etc/passwd',
        '../a',
        'local/../../a',
        'local/./a',
        'local//a',
        'local/a/',
        '.hidden',
        'local/.hidden',
        'tmp/a',
        'local\\a',
        'local/a\0.jpg',
        'local/a\n',
        'local/ä.jpg',
        'local/%2e%2e/a',
        `local/${'a'.repeat(201)}`,
        'a/'.repeat(300).slice(0, -1),
      ];
      for (const key of evil) {
        await assert.rejects(blobs.write(key, Buffer.from('x')), TypeError, key);
        await assert.rejects(blobs.stat(key), TypeError, key);
        await assert.rejects(blobs.read(key), TypeError, key);
        await assert.rejects(blobs.stream(key), TypeError, key);
        await assert.rejects(blobs.remove(key), TypeError, key);
        assert.throws(() => blobs.signUpload(terms({ key })), TypeError, key);
      }
    });

    it('signs no terms that it could not keep', () => {
      assert.equal(blobs.signUpload(terms({})).method, 'PUT');
      const bad = [
        { expiresAt: new Date(Date.now() + 5 * 60_000 + 5_000) },
        { expiresAt: new Date(Number.NaN) },
        { size: 0 },
        { size: -1 },
        { size: 1.5 },
        { contentType: 'image/jpeg\nx' },
        { checksumSha256: 'ABC' },
      ];
      for (const change of bad) assert.throws(() => blobs.signUpload(terms(change)), TypeError);
    });

    it('can be written to', () => blobs.check());

    it('keeps equal bytes under several keys, each until it is removed', async () => {
      const bytes = randomBytes(5000);
      const keys = ['local/10/1/a.jpg', 'local/10/2/a.jpg', 'local/10/3/a.jpg'];
      await Promise.all(keys.map((key) => blobs.write(key, bytes)));
      await Promise.all(keys.slice(0, 2).map((key) => blobs.remove(key)));
      for (const key of keys.slice(0, 2)) assert.equal(await blobs.stat(key), null);
      assert.deepEqual(await blobs.read('local/10/3/a.jpg'), bytes);
    });

    it('lists its keys in order and in pages', async () => {
      const keys = ['a-b/x', 'a/x', 'a/x-1', 'a/y/1', 'a/y/2', 'b'].map((key) => `zz/11/${key}`);
      for (const key of keys.toReversed()) await blobs.write(key, Buffer.from(key));
      const found: string[] = [];
      for (;;) {
        const page = await blobs.keys(found.at(-1) ?? 'zz/11', 2);
        found.push(...page);
        if (page.length < 2) break;
      }
      const bySegment = keys.map((key) => key.split('/')).sort((a, b) => compare(a, b));
      assert.deepEqual(
        found,
        bySegment.map((segments) => segments.join('/')),
      );
      assert.ok((await blobs.keys(null, 1000)).length > keys.length);
      assert.deepEqual(await blobs.keys(null, 0), []);
    });

    it('says how many copies there are and when they were verified', async () => {
      const before = Date.now() - 5000;
      await blobs.write('local/12/1/a.jpg', Buffer.from('twelve'));
      const found = await blobs.copiesOf(['local/12/1/a.jpg', 'local/12/1/none.jpg']);
      const { copies = 0, checkedAt } = found.get('local/12/1/a.jpg') ?? {};
      assert.ok(copies >= 1);
      assert.ok(checkedAt && checkedAt.getTime() > before);
      assert.deepEqual(found.get('local/12/1/none.jpg'), { copies: 0, checkedAt: null });
    });

    it('finds nothing to repair when nothing is amiss', async () => {
      const all = await scrubAll(blobs);
      assert.ok(all.files > 0 && all.bytes > 0);
      assert.deepEqual([all.repaired, all.lost, all.removed], [0, [], 0]);
      for (const root of await blobs.roots()) {
        assert.deepEqual([root.state, root.filled], ['ok', 1]);
        assert.ok(root.total >= root.free && root.free > 0 && root.objects > 0);
      }
      await assert.rejects(blobs.scrub(0, AbortSignal.abort(new Error('enough'))), /enough/);
    });

    it('joins the parts of a large file, which may come in any order and again', async () => {
      const file = await inParts(blobs, 'local/13/1/original.mp4');
      assert.deepEqual(await blobs.listParts(file.key), []);
      for (const number of [3, 1, 1]) await file.send(number);
      const arrived = await blobs.listParts(file.key);
      assert.deepEqual(
        arrived.map(({ partNumber, size }) => [partNumber, size]),
        [
          [1, 100_000],
          [3, 50_000],
        ],
      );
      assert.equal(arrived[0]?.checksumSha256, digest(file.bytes.subarray(0, 100_000)));
      await assert.rejects(file.complete(), (error) => {
        assert.ok(error instanceof Problem);
        assert.deepEqual([error.code, error.details?.missing_parts], ['upload_incomplete', [2]]);
        return true;
      });
      assert.equal(await blobs.stat(file.key), null);
      await file.send(2);
      await file.complete();
      assert.deepEqual(await blobs.read(file.key), file.bytes);
      await file.complete();
      assert.deepEqual(await blobs.listParts(file.key), []);
    });

    it('refuses parts that are not what was signed, and wholes that are not what was announced', async () => {
      const file = await inParts(blobs, 'local/13/2/original.mp4');
      await assert.rejects(file.send(1, file.bytes.subarray(1, 100_001)), /checksum/);
      await assert.rejects(file.send(1, file.bytes.subarray(0, 99_999)), /99999 bytes/);
      const changes: [RegExp | string, string][] = [
        ['part=1', 'part=2'],
        ['part_size=100000', 'part_size=50000'],
        ['&part=1', ''],
        ['&part=1&part_size=100000', ''],
      ];
      for (const [from, to] of changes) {
        const url = file.sign(1).url.replace(from, to);
        await assert.rejects(file.sendTo(url, file.bytes.subarray(0, 100_000)), /signature/, to);
      }
      assert.deepEqual(await blobs.listParts(file.key), []);
      for (const number of [1, 2, 3]) await file.send(number);
      await assert.rejects(
        file.complete({ checksumSha256: digest(Buffer.from('other')) }),
        /checksum/,
      );
      await assert.rejects(file.complete({ size: 250_001 }), /250000 bytes/);
      assert.equal(await blobs.stat(file.key), null);
      await blobs.removeParts(file.key);
      await blobs.removeParts(file.key);
      assert.deepEqual(await blobs.listParts(file.key), []);
      for (const change of [{ partNumber: 0 }, { partNumber: 10_001 }, { partSize: 250_001 }]) {
        assert.throws(() => file.sign(1, change), TypeError);
      }
    });
  });
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((segment, index) => segment !== b[index]);
  return (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A whole round. */
export async function scrubAll(blobs: Blobs): Promise<ScrubReport> {
  const all = { files: 0, bytes: 0, repaired: 0, lost: [] as string[], removed: 0 };
  for (let bucket = 0; bucket < SCRUB_BUCKETS; bucket += 1) {
    const one = await blobs.scrub(bucket, new AbortController().signal);
    all.files += one.files;
    all.bytes += one.bytes;
    all.repaired += one.repaired;
    all.removed += one.removed;
    all.lost.push(...one.lost);
  }
  return all;
}

/** A file of 250,000 bytes that comes in three parts. */
async function inParts(blobs: Blobs, key: string) {
  const bytes = randomBytes(250_000);
  const partOf = (number: number) => bytes.subarray((number - 1) * 100_000, number * 100_000);
  const contentType = 'video/mp4';
  const sign = (partNumber: number, change: Partial<Parameters<Blobs['signPart']>[0]> = {}) =>
    blobs.signPart({
      key,
      contentType,
      size: bytes.length,
      partNumber,
      partSize: partOf(partNumber).length,
      partChecksumSha256: digest(partOf(partNumber)),
      expiresAt: new Date(Date.now() + 60_000),
      ...change,
    });
  const sendTo = async (url: string, sent: Uint8Array) => {
    assert.ok(blobs.receive, 'these addresses lead elsewhere');
    const { signal } = new AbortController();
    const body = Readable.from([sent]);
    await blobs.receive({ url, headers: { 'content-type': contentType }, body, signal });
  };
  return {
    key,
    bytes,
    sign,
    sendTo,
    send: (number: number, sent = partOf(number)) => sendTo(sign(number).url, sent),
    complete: (change: Partial<Parameters<Blobs['completeParts']>[0]> = {}) =>
      blobs.completeParts(
        {
          key,
          contentType,
          size: bytes.length,
          checksumSha256: digest(bytes),
          parts: 3,
          ...change,
        },
        new AbortController().signal,
      ),
  };
}

/** Good terms for the bytes `hello`, changed. */
function terms(change: Partial<Parameters<Blobs['signUpload']>[0]>) {
  return {
    key: 'local/0f/1/original.jpg',
    contentType: 'image/jpeg',
    size: 5,
    checksumSha256: createHash('sha256').update('hello').digest('hex'),
    expiresAt: new Date(Date.now() + 4 * 60_000),
    ...change,
  };
}
