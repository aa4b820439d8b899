import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { type StartedServer, type StartOptions, startAperto } from '../started-server.ts';

const checkout = resolve(import.meta.dirname, '../..');
let place: string;
let running: StartedServer[] = [];

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-start-'));
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.end('SIGTERM')));
  running = [];
});
after(() => rm(place, { recursive: true, force: true }));

async function start(options: StartOptions): Promise<StartedServer> {
  const server = await startAperto(options);
  running.push(server);
  return server;
}

function post(server: StartedServer, path: string, body: object): Promise<Response> {
  return fetch(`${server.address}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const alice = { username: 'alice', password: 'a long enough secret 7' };

async function register(server: StartedServer): Promise<void> {
  const answer = await post(server, '/users/register', {
    ...alice,
    email: 'alice@example.org',
    full_name: 'Alice',
  });
  assert.equal(answer.status, 201, await answer.text());
}

async function logIn(server: StartedServer): Promise<number> {
  return (await post(server, '/users/login', alice)).status;
}

test('it says its address last, is well, and on SIGTERM ends in order, exit code 0', async () => {
  const server = await start({ dataDir: join(place, 'order') });
  assert.equal((await fetch(`${server.address}/health`)).status, 200);
  assert.equal(await server.end('SIGTERM'), 0);
  assert.equal(server.output().split('stopping:').length, 2, 'it hears of the signal once');
  await assert.rejects(fetch(`${server.address}/health`), 'the port is free');
  await assert.rejects(stat(join(place, 'order', 'postgres', 'postmaster.pid')), {
    code: 'ENOENT',
  });
  assert.doesNotMatch(server.output(), /Warning/);
});

test('Ctrl-C, which comes from the terminal and from npm, ends it in order', async () => {
  const server = await start({ dataDir: join(place, 'order') });
  server.launcher.kill('SIGINT');
  assert.equal(await server.end('SIGINT'), 0);
  assert.equal(server.output().split('stopping:').length, 2);
});

test('a second one on the same data is refused and names the first', async () => {
  const first = await start({ dataDir: join(place, 'order') });
  const refusal = `Another Aperto is running on this data folder (pid ${first.pid}). Stop it, or set DATA_DIR to another folder.\n`;
  await assert.rejects(start({ dataDir: join(place, 'order') }), (error: Error) => {
    assert.ok(error.message.endsWith(refusal), error.message);
    return true;
  });
  assert.equal((await fetch(`${first.address}/health`)).status, 200);
});

test('after kill -9 of server or launcher, what was acknowledged is there at the next start', async () => {
  const dataDir = join(place, 'killed');
  const first = await start({ dataDir });
  await register(first);
  process.kill(first.pid, 'SIGKILL');
  assert.equal(await first.ended, 128 + 9);
  const second = await start({ dataDir });
  assert.equal(await logIn(second), 200);
  await second.end('SIGKILL');
  // The server goes on without its launcher, as the refusal of another one shows.
  await assert.rejects(start({ dataDir }), new RegExp(`\\(pid ${second.pid}\\)`));
  process.kill(second.pid, 'SIGKILL');
  const third = await startWhenFree({ dataDir });
  assert.equal(await logIn(third), 200);
});

/** A killed process holds its lock until the system has cleared it away. */
async function startWhenFree(options: StartOptions): Promise<StartedServer> {
  for (let tries = 1; ; tries++) {
    try {
      return await start(options);
    } catch (error) {
      if (tries === 20 || !String(error).includes('Another Aperto')) throw error;
    }
  }
}

test('when its database is killed, it is well again by itself', async () => {
  const dataDir = join(place, 'killed');
  const server = await start({ dataDir });
  const pid = Number.parseInt(
    await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'),
    10,
  );
  process.kill(pid, 'SIGKILL');
  await server.said('PostgreSQL is running again');
  assert.equal(await logIn(server), 200);
});

/** This checkout under another path: copies of what is ours, a link to what npm installed. */
async function copyCheckout(root: string): Promise<void> {
  const names = ['api', 'migrations', 'package-lock.json', 'package.json', 'scripts', 'server'];
  for (const name of [...names, 'tsconfig.json', 'web']) {
    await cp(join(checkout, name), join(root, name), { recursive: true });
  }
  await symlink(join(checkout, 'node_modules'), join(root, 'node_modules'));
}

test('it builds and starts under a folder that only its user may enter, with a space in the path', async () => {
  await mkdir(join(place, 'mine alone'), { mode: 0o700 });
  const root = join(place, 'mine alone', 'my aperto');
  await mkdir(root);
  await copyCheckout(root);
  const server = await start({ root, dataDir: 'data' });
  assert.match(server.output(), /The web app is built/);
  assert.ok((await stat(join(root, 'data', 'postgres'))).isDirectory());
  const page = await fetch(server.address);
  assert.match(await page.text(), /<!doctype html>/i);
});

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

function canReach(path: string): boolean {
  const [program = '', ...rest] = [...nobody, 'test', '-r', path];
  return process.getuid?.() === 0 && spawnSync(program, rest).status === 0;
}

// Root can also try it as somebody else, unless the checkout lies where nobody else may go.
if (canReach(import.meta.filename)) {
  test('it starts for an ordinary user, who may not write into the checkout', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aperto-nobody-'));
    try {
      await chown(folder, 65_534, 65_534);
      const server = await start({ dataDir: join(folder, 'data'), prefix: nobody });
      assert.equal((await fetch(`${server.address}/health`)).status, 200);
      assert.equal(await server.end('SIGTERM'), 0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
