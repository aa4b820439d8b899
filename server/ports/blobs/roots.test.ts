import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import { Problem } from '../../kernel/problem.ts';
import { BlobMissing } from './blobs.ts';
import { scrubAll } from './contract.ts';
import { openFileBlobs } from './file.ts';

const log = pino({ level: 'silent' });
const secret = randomBytes(32);
const HOUR = 3_600_000;

let place: string;
before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-roots-'));
});
after(() => rm(place, { recursive: true }));

/** A store of its own on so many roots, and a clock that can be moved. */
async function openStore(count: number, copies = Math.min(2, count)) {
  const home = await mkdtemp(join(place, 'store-'));
  const roots = Array.from({ length: count }, (_, index) => join(home, `root-${index}`));
  let ahead = 0;
  const millis = () => Date.now() + ahead;
  const clock = { millis, now: () => new Date(millis()) };
  const open = () => openFileBlobs({ roots, copies, secret, clock, log, publicPath: '/uploads' });
  const advance = (ms: number) => {
    ahead += ms;
  };
  return { home, roots, open, blobs: await open(), advance };
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const objectOf = (root: string, bytes: Uint8Array) =>
  join(root, 'objects', digest(bytes).slice(0, 3), digest(bytes));
const nameFor = (bytes: Uint8Array, folder = '1') =>
  `local/ab/${folder}/7-large-${digest(bytes).slice(0, 16)}.webp`;

/** Every file under `root` that is no fact about the root. */
async function filesUnder(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== 'root.json')
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof Problem && error.code === code;
}

/** The roots that hold a key. */
async function holders(roots: readonly string[], key: string): Promise<string[]> {
  const found = await Promise.all(
    roots.map((root) =>
      stat(join(root, key)).then(
        () => root,
        () => null,
      ),
    ),
  );
  return found.filter((root) => root !== null);
}

test('equal bytes are stored once in each root, and go with their last name', async () => {
  const { roots, blobs } = await openStore(2);
  const bytes = randomBytes(10_000);
  const keys = [nameFor(bytes, '1'), nameFor(bytes, '2'), 'local/cd/3/original.jpg'];
  for (const key of keys) await blobs.write(key, bytes);
  for (const root of roots) {
    const inodes = await Promise.all(keys.map((key) => stat(join(root, key))));
    assert.equal(new Set(inodes.map(({ ino }) => ino)).size, 1);
    assert.equal(inodes[0]?.nlink, 4);
  }
  await Promise.all(keys.map((key) => blobs.remove(key)));
  const late = await scrubAll(blobs);
  assert.equal(late.repaired, 0);
  for (const root of roots) {
    // Removed at once, two may each have seen the other's link; then an hour later the scrub finds it.
    const left = await filesUnder(root);
    assert.ok(
      left.every((path) => path.startsWith('objects/')),
      String(left),
    );
  }
});

test('one after the other, removals leave nothing at all', async () => {
  const { roots, blobs } = await openStore(3);
  const bytes = randomBytes(100);
  const keys = [
    nameFor(bytes),
    'local/cd/3/original.jpg',
    'local/cd/1234567890123456789/a-1234567890123456789',
  ];
  for (const key of keys) await blobs.write(key, bytes);
  for (const key of keys) await blobs.remove(key);
  for (const root of roots) assert.deepEqual(await filesUnder(root), []);
});

test('files spread over the roots, each in as many as it should be', async () => {
  const { roots, blobs } = await openStore(3);
  const counts = new Map<string, number>();
  for (let i = 0; i < 60; i += 1) {
    const bytes = randomBytes(100);
    await blobs.write(nameFor(bytes), bytes);
    const found = await holders(roots, nameFor(bytes));
    assert.equal(found.length, 2);
    for (const root of found) counts.set(root, (counts.get(root) ?? 0) + 1);
  }
  for (const root of roots) assert.ok((counts.get(root) ?? 0) > 15, String([...counts]));
});

test('a file may have more names than the file system has links', async (t) => {
  const { home, roots, blobs } = await openStore(1);
  const bytes = randomBytes(100);
  await blobs.write(nameFor(bytes, '1'), bytes);
  const object = objectOf(roots[0] ?? '', bytes);
  mkdirSync(join(home, 'links'));
  try {
    for (let i = 0; i < 70_000; i += 1) linkSync(object, join(home, 'links', String(i)));
    t.diagnostic('this file system sets no limit');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EMLINK');
  }
  for (const folder of ['2', '3', '4']) await blobs.write(nameFor(bytes, folder), bytes);
  for (const folder of ['1', '2', '3', '4']) {
    assert.deepEqual(await blobs.read(nameFor(bytes, folder)), bytes);
  }
  assert.deepEqual((await scrubAll(blobs)).repaired, 0);
  for (const folder of ['2', '3', '4']) await blobs.remove(nameFor(bytes, folder));
  const objects = await readdir(dirname(object));
  assert.ok(objects.length <= 2 && objects.includes(digest(bytes)));
  await rm(join(home, 'links'), { recursive: true });
});

test('flipped, cut and missing copies are found and repaired in one round', async () => {
  const { roots, blobs } = await openStore(2);
  const files = Array.from({ length: 8 }, () => randomBytes(600_000));
  for (const bytes of files) await blobs.write(nameFor(bytes), bytes);
  const legacy = 'local/cd/9/original.jpg';
  await blobs.write(legacy, files[7] ?? Buffer.alloc(0));
  const [a = '', b = ''] = roots;
  const [flipped, cut, emptied, longer, keyGone, objectGone, bothGone] = files as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  await flip(join(a, nameFor(flipped)), 300_000);
  await flip(join(a, nameFor(flipped)), 599_999);
  await truncate(join(b, nameFor(cut)), 1234);
  await truncate(join(b, nameFor(emptied)), 0);
  await writeFile(join(a, nameFor(longer)), 'more', { flag: 'a' });
  await unlink(join(a, nameFor(keyGone)));
  await unlink(objectOf(b, objectGone));
  await unlink(join(a, nameFor(bothGone)));
  await unlink(objectOf(a, bothGone));
  await unlink(join(b, legacy));
  const report = await scrubAll(blobs);
  // The object that was only forgotten is known again; its bytes were never bad.
  assert.deepEqual([report.repaired, report.lost], [7, []]);
  for (const root of roots) {
    for (const bytes of files) {
      assert.deepEqual(await readFile(join(root, nameFor(bytes))), bytes);
      const { nlink } = await stat(objectOf(root, bytes));
      assert.equal(nlink, bytes === files[7] ? 3 : 2);
    }
  }
  const again = await scrubAll(blobs);
  assert.deepEqual([again.repaired, again.lost, again.files], [0, [], 16]);
});

test('what is bad everywhere is told and kept, and is well when a good copy comes back', async () => {
  const { home, roots, blobs } = await openStore(2);
  const bytes = randomBytes(1000);
  const key = nameFor(bytes);
  await blobs.write(key, bytes);
  await copyFile(objectOf(roots[0] ?? '', bytes), join(home, 'backup'));
  for (const root of roots) await flip(join(root, key), 500);
  assert.deepEqual((await scrubAll(blobs)).lost, [key]);
  assert.deepEqual((await scrubAll(blobs)).lost, [key]);
  assert.deepEqual((await blobs.copiesOf([key])).get(key), { copies: 0, checkedAt: null });
  assert.equal((await blobs.stat(key))?.size, 1000);
  // Who has the bytes writes them again.
  await blobs.write(key, await readFile(join(home, 'backup')));
  assert.deepEqual(await blobs.read(key), bytes);
  assert.equal((await blobs.copiesOf([key])).get(key)?.copies, 2);
  const healed = await scrubAll(blobs);
  assert.deepEqual(healed.lost, []);
  for (const root of roots) assert.deepEqual(await readFile(join(root, key)), bytes);
});

test('a lost root is replaced by an empty one, which fills, and says how far it is', async () => {
  const { roots, blobs, open, advance } = await openStore(2);
  const files = Array.from({ length: 20 }, () => randomBytes(2000));
  for (const [index, bytes] of files.entries()) {
    await blobs.write(
      `local/${(index * 12).toString(16).padStart(2, '0')}/1/${digest(bytes)}`,
      bytes,
    );
  }
  await rm(roots[1] ?? '', { recursive: true });
  const reopened = await open();
  assert.deepEqual(
    (await reopened.roots()).map(({ state }) => state),
    ['ok', 'filling'],
  );
  for (let bucket = 0; bucket < 128; bucket += 1) {
    await reopened.scrub(bucket, new AbortController().signal);
  }
  const half = (await (await open()).roots())[1];
  assert.deepEqual([half?.state, half?.filled], ['filling', 0.5]);
  const rest = await scrubAll(reopened);
  assert.deepEqual(rest.lost, []);
  advance(2 * 60_000);
  assert.deepEqual(
    (await reopened.roots()).map(({ state, objects }) => [state, objects]),
    [
      ['ok', 20],
      ['ok', 20],
    ],
  );
  for (const key of await reopened.keys(null, 100)) {
    assert.equal((await reopened.copiesOf([key])).get(key)?.copies, 2);
  }
});

test('while a root is away reads go on; writes need enough of the others', async () => {
  const two = await openStore(2);
  const three = await openStore(3);
  for (const { roots, blobs, advance } of [two, three]) {
    const files = Array.from({ length: 6 }, () => randomBytes(2000));
    for (const bytes of files) await blobs.write(nameFor(bytes), bytes);
    const [first = ''] = roots;
    await rename(first, `${first}.off`);
    const reading = async () => {
      for (const bytes of files) {
        assert.deepEqual(await blobs.read(nameFor(bytes)), bytes);
        assert.deepEqual(await buffer(await blobs.stream(nameFor(bytes))), bytes);
        assert.equal((await blobs.stat(nameFor(bytes)))?.size, 2000);
      }
    };
    await reading();
    const late = randomBytes(100);
    if (roots.length === 2) {
      await assert.rejects(blobs.write(nameFor(late), late), hasCode('storage_unavailable'));
      await assert.rejects(blobs.check(), hasCode('storage_unavailable'));
      assert.deepEqual(await holders([`${first}.off`, ...roots], nameFor(late)), []);
      assert.deepEqual(await readdir(join(roots[1] ?? '', 'tmp')), []);
    } else {
      await blobs.write(nameFor(late), late);
      await blobs.check();
      assert.equal((await holders(roots, nameFor(late))).length, 2);
    }
    assert.equal((await blobs.roots())[0]?.state, 'away');
    await assert.rejects(blobs.read('local/ab/1/none'), BlobMissing);
    // An empty folder in its place is no root: a disk is missing there.
    await mkdir(first);
    advance(10_000);
    await reading();
    assert.equal((await blobs.roots())[0]?.state, 'away');
    assert.deepEqual(await readdir(first), []);
    await rm(first, { recursive: true });

    const [gone = Buffer.alloc(0)] = files.splice(0, 1);
    await blobs.remove(nameFor(gone));
    await rename(`${first}.off`, first);
    assert.equal(await blobs.stat(nameFor(gone)), null);
    advance(10_000);
    assert.equal((await blobs.roots())[0]?.state, 'ok');
    await reading();
    assert.equal(await blobs.stat(nameFor(gone)), null);
    await blobs.write(nameFor(late), late);
    await scrubAll(blobs);
    for (const root of roots) {
      assert.deepEqual(
        (await filesUnder(root)).filter((path) => path.startsWith('removed')),
        [],
      );
    }
    assert.deepEqual(await holders(roots, nameFor(gone)), []);
    for (const bytes of [...files, late]) {
      assert.equal((await holders(roots, nameFor(bytes))).length, 2);
    }
  }
});

test('what was removed and written anew while a root was away stays', async () => {
  const { roots, blobs, open } = await openStore(3);
  const bytes = randomBytes(100);
  await blobs.write(nameFor(bytes), bytes);
  const [holder = ''] = await holders(roots, nameFor(bytes));
  await rename(holder, `${holder}.off`);
  await blobs.remove(nameFor(bytes));
  assert.equal(await blobs.stat(nameFor(bytes)), null);
  await blobs.write(nameFor(bytes), bytes);
  await rename(`${holder}.off`, holder);
  const reopened = await open();
  await scrubAll(reopened);
  assert.deepEqual(await reopened.read(nameFor(bytes)), bytes);
  assert.equal((await holders(roots, nameFor(bytes))).length, 2);
});

test('a store opens without one of its roots, and not without all', async () => {
  const { roots, blobs, open } = await openStore(2);
  const bytes = randomBytes(100);
  await blobs.write(nameFor(bytes), bytes);
  const [first = '', second = ''] = roots;
  await rename(first, `${first}.off`);
  // A file where the folder was: it cannot be made anew.
  await writeFile(first, '');
  const reopened = await open();
  assert.deepEqual(
    (await reopened.roots()).map(({ state }) => state),
    ['away', 'ok'],
  );
  assert.deepEqual(await reopened.read(nameFor(bytes)), bytes);
  await rename(second, `${second}.off`);
  await writeFile(second, '');
  await assert.rejects(open());
});

test('two names of one folder are no two roots', async () => {
  const { roots, open } = await openStore(2);
  const [first = '', second = ''] = roots;
  await copyFile(join(first, 'root.json'), join(second, 'root.json'));
  await assert.rejects(open(), /one folder under two names, or one is a copy/);
});

test('a folder of before is taken over as it is', async () => {
  const home = await mkdtemp(join(place, 'old-'));
  const roots = [join(home, 'a'), join(home, 'b')];
  const bytes = randomBytes(5000);
  const twin = randomBytes(3000);
  const keys: [string, Buffer][] = [
    ['local/ab/1/original.jpg', bytes],
    [nameFor(bytes), bytes],
    ['local/00/2/original.png', twin],
  ];
  for (const [key, content] of keys) {
    await mkdir(dirname(join(roots[0] ?? '', key)), { recursive: true });
    await writeFile(join(roots[0] ?? '', key), content);
  }
  const clock = { millis: Date.now, now: () => new Date() };
  const options = { secret, clock, log, publicPath: '/uploads' };
  const alone = await openFileBlobs({ roots: roots.slice(0, 1), ...options });
  for (const [key, content] of keys) assert.deepEqual(await alone.read(key), content);
  const blobs = await openFileBlobs({ roots, copies: 2, ...options });
  const report = await scrubAll(blobs);
  assert.deepEqual([report.repaired, report.lost], [3, []]);
  for (const root of roots) {
    for (const [key, content] of keys) assert.deepEqual(await readFile(join(root, key)), content);
    assert.equal((await stat(join(root, keys[0]?.[0] ?? ''))).nlink, 3);
  }
  for (const [key] of keys) await blobs.remove(key);
  for (const root of roots) assert.deepEqual(await filesUnder(root), []);
});

test('contents without a name go after an hour, parts after a week', async () => {
  const { roots, blobs, advance } = await openStore(1);
  const [root = ''] = roots;
  const bytes = randomBytes(100);
  await blobs.write(nameFor(bytes), bytes);
  await unlink(join(root, nameFor(bytes)));
  const url = blobs.signPart({
    key: 'local/ab/5/original.mp4',
    contentType: 'video/mp4',
    size: 1000,
    partNumber: 1,
    partSize: 100,
    partChecksumSha256: digest(bytes),
    expiresAt: new Date(Date.now() + 60_000),
  }).url;
  const headers = { 'content-type': 'video/mp4' };
  const { signal } = new AbortController();
  await blobs.receive?.({ url, headers, body: Readable.from([bytes]), signal });
  assert.equal((await scrubAll(blobs)).removed, 0);
  advance(1.1 * HOUR);
  assert.equal((await scrubAll(blobs)).removed, 1);
  assert.deepEqual((await blobs.listParts('local/ab/5/original.mp4')).length, 1);
  advance(7 * 24 * HOUR);
  assert.equal((await scrubAll(blobs)).removed, 1);
  assert.deepEqual(await filesUnder(root), []);
});

test('a good copy is read where the first is cut short or not what its name says', async () => {
  const { roots, blobs } = await openStore(2);
  const bytes = randomBytes(200_000);
  await blobs.write(nameFor(bytes), bytes);
  for (const root of roots) {
    await truncate(join(root, nameFor(bytes)), 70_000);
    assert.deepEqual(await blobs.read(nameFor(bytes)), bytes);
    const range = { start: 60_000, end: 199_999 };
    const right = bytes.subarray(60_000);
    assert.deepEqual(await blobs.read(nameFor(bytes), range), right);
    assert.deepEqual(await buffer(await blobs.stream(nameFor(bytes), range)), right);
    assert.equal((await scrubAll(blobs)).repaired, 1);
    await flip(join(root, nameFor(bytes)), 5);
    assert.deepEqual(await blobs.read(nameFor(bytes)), bytes);
    assert.equal((await scrubAll(blobs)).repaired, 1);
  }
});

test('verification is dated, by the copy for which it is longest ago', async () => {
  const { roots, blobs, advance } = await openStore(2);
  const bytes = randomBytes(100);
  const key = nameFor(bytes);
  await blobs.write(key, bytes);
  const old = new Date('2026-01-01T00:00:00Z');
  await utimes(objectOf(roots[1] ?? '', bytes), old, old);
  assert.deepEqual((await blobs.copiesOf([key])).get(key), { copies: 2, checkedAt: old });
  advance(HOUR);
  await scrubAll(blobs);
  const found = (await blobs.copiesOf([key])).get(key)?.checkedAt?.getTime() ?? 0;
  assert.ok(found > Date.now() + 0.9 * HOUR);
});

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  await writeFile(path, bytes, { flag: 'r+' });
}
