import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cast, type Person, refusal } from '../cast.ts';
import { demandRefusal } from '../client.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { colourPicture, gradient, picture, type TestPicture } from '../pictures.ts';
import { killSpawned, type SpawnedServer, spawnServer } from '../server.ts';

/** Ways to get a small disk of one's own: as root, or as somebody who may make user namespaces. */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
];
const MOUNT = 'mount -t tmpfs -o size=4m tmpfs "$1" && shift && exec "$@"';

const way = WAYS.find(([program = '', ...rest]) => {
  const probe = [...rest, 'sh', '-c', MOUNT, 'sh', tmpdir(), 'true'];
  return spawnSync(program, probe).status === 0;
});

// A machine that allows neither, such as a narrow container, has no disk that a test could fill.
if (way) fillDisk(way);

function fillDisk(prefix: readonly string[]): void {
  let place: string;
  let database: TestDatabase;
  let server: SpawnedServer;
  let alice: Person;
  /** The server's small disk, seen from outside. */
  let disk: string;

  before(async () => {
    place = await mkdtemp(join(tmpdir(), 'aperto-disk-full-'));
    database = await openTestDatabase();
    const blobs = join(place, 'blobs');
    await mkdir(blobs);
    server = await spawnServer({
      dataDir: join(place, 'data'),
      settings: { DATABASE_URL: database.url, BLOBS_URL: `file:${blobs}` },
      prefix: [...prefix, 'sh', '-c', MOUNT, 'sh', blobs],
    });
    disk = join('/proc', String(server.pid), 'root', blobs);
    ({ alice } = await cast(server.url, 'alice'));
  });
  after(async () => {
    killSpawned();
    alice.leave();
    await database.drop();
    await rm(place, { recursive: true });
  });

  /** Writes until nothing more fits. */
  async function fill(): Promise<void> {
    const file = await open(join(disk, 'filler'), 'w');
    try {
      for (let bytes = 1 << 20; bytes >= 4096; bytes /= 2) {
        const full = () =>
          file.write(Buffer.alloc(bytes)).then(
            () => false,
            (error) => error.code === 'ENOSPC',
          );
        while (!(await full()));
      }
    } finally {
      await file.close();
    }
  }

  test('a full disk is said to be full, nothing is left half, and all is well when there is space', async () => {
    const early = await alice.published(alice.post());
    const large: TestPicture = {
      name: 'large.png',
      type: 'image/png',
      bytes: await picture(gradient(500, 400)).png({ compressionLevel: 0 }).toBuffer(),
    };
    const [kept] = await alice.upload(colourPicture());
    const [grant] = await alice.announce(large);
    assert.ok(grant && kept);
    await fill();

    const full = await alice.put(grant, large.bytes);
    const { error } = demandRefusal(null, full.status, await full.json());
    assert.deepEqual([full.status, error.code], [507, 'storage_full']);
    assert.deepEqual(await readdir(join(disk, 'tmp')), [], 'no draft remains');
    assert.equal((await refusal(alice.confirm([grant]))).code, 'upload_incomplete');
    const health = await fetch(`${server.url}/health`);
    const { parts } = (await health.json()) as { parts: Record<string, { ok: boolean }> };
    assert.deepEqual(
      [health.status, parts.blobs?.ok, parts.database?.ok],
      [503, false, true],
      'it says which part is not well',
    );
    // Reading goes on, and so does what needs no files.
    assert.deepEqual((await alice.feed()).posts, [early]);
    const rendition = await fetch(server.url + early.media[0]?.url);
    assert.equal(rendition.status, 200);
    await rendition.arrayBuffer();
    await alice.like(early);
    // Its bytes are there; the worker has no space for what it makes of them, and tries again.
    const failing = server.says('storage_full');
    const waiting = await alice.confirm([kept]);
    await failing;
    assert.equal((await alice.see(waiting)).status, 'processing');

    await rm(join(disk, 'filler'));
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
    const again = await alice.put(grant, large.bytes);
    assert.equal(again.status, 200, await again.text());
    const late = await alice.published(alice.confirm([grant]));
    await alice.published(waiting);
    assert.deepEqual(
      new Set(await alice.wholeFeed()),
      new Set([early, late, waiting].map((post) => post.post_id)),
    );
    assert.equal(await server.end('SIGTERM'), 0);
  });
}
