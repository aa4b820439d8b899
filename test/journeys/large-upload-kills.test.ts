import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';
import { PART_BYTES } from '../../api/media.ts';
import type { Db } from '../../server/ports/db/db.ts';
import { openPostgres } from '../../server/ports/db/postgres.ts';
import { cast, type Person, refusal } from '../cast.ts';
import { LargeFile, noisePicture } from '../large-files.ts';
import type { TestPicture } from '../pictures.ts';
import { findEmbedded, killSpawned, type SpawnedServer, spawnServer } from '../server.ts';
import { until } from '../within.ts';

let dataDir: string;
let server: SpawnedServer;
let alice: Person;
let photo: TestPicture;

before(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'aperto-large-'));
  server = await spawnServer({ dataDir });
  ({ alice } = await cast(server.url, 'alice'));
  // 40 MB: five parts, the last one shorter.
  photo = await noisePicture(3700, 3600);
  assert.equal(Math.ceil(photo.bytes.length / PART_BYTES), 5);
});
after(async () => {
  alice.leave();
  const code = await server.end('SIGTERM');
  killSpawned();
  assert.equal(code, 0);
  await rm(dataDir, { recursive: true });
});

/** Pulls the plug, and starts again on the same folder. */
async function killAndStart(): Promise<void> {
  assert.equal(await server.end('SIGKILL'), 'SIGKILL');
  alice.leave();
  server = await spawnServer({ dataDir });
  alice.base = server.url;
}

/** Bytes that are being written at this moment: what grows beside the files until it is whole. */
async function growing(): Promise<number> {
  const root = joinPath(dataDir, 'blobs');
  const names = await readdir(root, { recursive: true });
  const drafts = names.filter((name) => name.split('/').includes('tmp'));
  const sizes = drafts.map(async (name) => {
    const found = await stat(joinPath(root, name)).catch(() => null);
    return found?.isFile() ? found.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function originalOf({ grant }: LargeFile): Promise<string> {
  const { url } = await findEmbedded(dataDir);
  const db: Db = openPostgres({
    url,
    maxConnections: 1,
    applicationName: 'aperto-test',
    statementTimeoutMs: 60_000,
    log: { warn() {} },
  });
  try {
    const [row] = await db.query<{ blob_key: string }>(
      'select blob_key from uploads where upload_id = $1',
      [grant.upload_id],
    );
    assert.ok(row);
    return joinPath(dataDir, 'blobs', row.blob_key);
  } finally {
    await db.close();
  }
}

test('killed in the middle of a part and in the middle of completing, it goes on where it was', async () => {
  const file = await LargeFile.announce(alice, photo);
  await file.send(1, 4);
  await file.begin(2, 0.6);
  await until(async () => (await growing()) > 0, 'a part is being written');
  await killAndStart();
  assert.deepEqual(await file.arrived(), [1, 4], 'what was acknowledged is there');
  const early = await refusal(file.complete());
  assert.deepEqual(early.details.missing_parts, [2, 3, 5]);

  // The line breaks at some point or other, in each part that is missing.
  for (const [number, fraction] of [
    [2, 0.9],
    [3, 0.01],
    [5, 0.5],
  ] as const) {
    const hangUp = await file.begin(number, fraction);
    hangUp();
    await file.send(number);
  }
  assert.deepEqual(await file.arrived(), [1, 2, 3, 4, 5]);

  const completing = file.complete();
  // Its answer is lost with the server.
  completing.catch(() => {});
  await until(async () => (await growing()) > PART_BYTES, 'the file is being written');
  await killAndStart();
  const unmade = await refusal(alice.confirm([file.grant]));
  assert.equal(unmade.code, 'upload_incomplete');
  assert.deepEqual(await file.arrived(), [1, 2, 3, 4, 5], 'nothing need be sent again');
  assert.equal((await file.complete()).complete, true);
  await killAndStart();
  assert.equal((await file.state()).complete, true, 'acknowledged is durable');

  const original = await originalOf(file);
  const post = await alice.published(alice.confirm([file.grant]));
  assert.equal(post.status, 'published');
  assert.ok((await readFile(original)).equals(photo.bytes), 'bit for bit');
});
