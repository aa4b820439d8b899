import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { BlobMissing, type Blobs } from './blobs.ts';

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
  });
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
