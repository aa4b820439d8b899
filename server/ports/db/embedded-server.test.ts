import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startHolder } from '../../../test/embedded-process.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import { completeLinks, findBinaries } from './embedded-binaries.ts';
import { describeSettings } from './embedded-cluster.ts';
import { openSocketFolder } from './embedded-remains.ts';
import { startServer } from './embedded-server.ts';
import { findRunAs, type Way } from './embedded-user.ts';

const root = process.getuid?.() === 0;
let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-ways-'));
});
after(() => rm(place, { recursive: true, force: true }));

const warnings: string[] = [];
const log = {
  info() {},
  warn: (_fields: object, message: string) => warnings.push(message),
  error() {},
};

function openAs(dataDir: string, way?: Way): Promise<Embedded> {
  return openEmbedded(way ? { dataDir, log, way } : { dataDir, log });
}

test('a server that outlived its process is ended before another one starts', async () => {
  const dataDir = join(place, 'orphan');
  const first = await openAs(dataDir);
  await first.stop();
  const binaries = await findBinaries();
  const as = await findRunAs(binaries.postgres, dataDir);
  const sockets = await openSocketFolder(dataDir, as);
  // As it is where nothing ends it with its process: on macOS, or with old tools.
  const command = { dataDir, sockets, binaries, as, durable: true, mortal: [] };
  const orphan = await startServer(command, () => {});
  orphan.await();
  const next = await openAs(dataDir);
  assert.notEqual(next.pid, orphan.pid);
  assert.deepEqual(await orphan.ended, { code: 0, signal: null });
  assert.deepEqual(warnings, [
    'PostgreSQL is still running from a process that ended; stopping it',
  ]);
  await next.stop();
});

test('settings follow the memory of the machine and quote what they must', () => {
  const small = describeSettings("/srv/anna's photos/logs", 2 ** 30);
  assert.match(small, /^shared_buffers = '128MB'$/m);
  assert.match(small, /^effective_cache_size = '512MB'$/m);
  assert.match(small, /^log_directory = '\/srv\/anna''s photos\/logs'$/m);
  assert.match(describeSettings('/logs', 16 * 2 ** 30), /^shared_buffers = '256MB'$/m);
});

test("links that npm's scripts did not make are made, and said when they cannot be", async () => {
  const folder = join(place, 'package');
  await mkdir(join(folder, 'native', 'lib'), { recursive: true });
  await writeFile(join(folder, 'native', 'lib', 'libpq.so.5.18'), '');
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
  await writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify([link]));
  await completeLinks(folder);
  await completeLinks(folder);
  assert.equal(await readlink(join(folder, link.target)), 'libpq.so.5.18');
  const bad = { ...link, target: 'native/pg-symlinks.json/libpq.so' };
  await writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify([bad]));
  await assert.rejects(completeLinks(folder), { code: 'ENOTDIR' });
});

if (root) {
  for (const way of ['user-namespace', 'other-user'] as const) {
    test(`root runs it through ${way}, below a folder of root alone, with spaces`, async () => {
      const folder = join(place, `only root ${way}`);
      await mkdir(folder, { mode: 0o700 });
      const database = await openAs(join(folder, 'my data'), way);
      assert.equal(database.way, way);
      const owner = (await stat(join(folder, 'my data', 'postgres'))).uid;
      assert.equal(owner === 0, way === 'user-namespace');
      await database.stop();
    });
  }

  test('data made one way is taken over by the other', async () => {
    const dataDir = join(place, 'both');
    for (const way of ['user-namespace', 'other-user', 'user-namespace'] as const) {
      const database = await openAs(dataDir, way);
      assert.equal(database.way, way);
      await database.stop();
    }
  });

  test('root leaves the data of an ordinary user to that user', async () => {
    const dataDir = join(place, 'theirs');
    await mkdir(dataDir);
    await chown(dataDir, 65_534, 65_534);
    const database = await openAs(dataDir);
    assert.equal(database.way, 'other-user');
    assert.equal((await stat(join(dataDir, 'postgres'))).uid, 65_534);
    await database.stop();
  });

  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const [program = '', ...rest] = [...asNobody, 'test', '-r', import.meta.filename];
  // A checkout below a folder of root alone cannot be run by anybody else.
  if (spawnSync(program, rest).status === 0) {
    test('an ordinary user runs it as it is', async () => {
      const dataDir = join(place, 'nobody');
      await chmod(place, 0o755);
      await mkdir(dataDir);
      await chown(dataDir, 65_534, 65_534);
      const holder = await startHolder(dataDir, asNobody);
      const ended = once(holder.child, 'exit');
      holder.child.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
      const foreign = join(place, 'of root');
      await mkdir(foreign, { mode: 0o755 });
      await assert.rejects(startHolder(foreign, asNobody), /cannot be locked .* DATA_DIR/);
    });
  }
}
