import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import {
  BUCKET,
  isWhole,
  openStore,
  type Prepared,
  SCENARIOS,
  type Scenario,
} from './crash-scenarios.ts';
import { live } from './power-cut.ts';

const log = pino({ level: 'silent' });
const HOURS_2 = 2 * 3_600_000;
const { signal } = new AbortController();

let place: string;
before(async () => {
  // In memory where that is possible: the many real syncs are not what is looked at here.
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  place = await mkdtemp(join(base, 'aperto-crash-'));
});
after(() => rm(place, { recursive: true }));

/** What was told of each key last. */
type Told = ReadonlyMap<string, string>;

function read(journal: readonly string[]): Told {
  return new Map(journal.map((line) => [line.slice(1), line.slice(0, 1)]));
}

function filesUnder(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

const isKey = (path: string) => path.startsWith('local/');

async function prepared(scenario: Scenario) {
  const home = await mkdtemp(join(place, 'life-'));
  const roots = [join(home, 'a'), join(home, 'b')];
  const open = () => openStore(roots, log, 0);
  const journal: string[] = [];
  const store: Prepared = {
    roots,
    blobs: await open(),
    open,
    journal: (line) => journal.push(line),
  };
  await scenario.prepare(store);
  return { home, store, journal };
}

/** After a crash: nothing acknowledged is lost, nothing is torn, and a scrub leaves all in order. */
async function judge(scenario: Scenario, roots: readonly string[], told: Told, when: string) {
  for (const root of roots) {
    if (existsSync(`${root}.off`)) await rename(`${root}.off`, root);
    if (scenario.damaged) continue;
    for (const path of filesUnder(root).filter(isKey)) {
      assert.ok(isWhole(join(root, path)), `${path} is torn ${when}`);
    }
  }
  // Later, when nothing is young any more.
  const blobs = await openStore(roots, log, HOURS_2);
  for (const [key, state] of told) {
    if (state === '+' && !scenario.damaged) {
      for (const root of roots) assert.ok(existsSync(join(root, key)), `${key} is lost ${when}`);
    }
    if (state === '+') assert.ok(await blobs.read(key), `${key} is lost ${when}`);
    if (state === '-') assert.equal(await blobs.stat(key), null, `${key} is back ${when}`);
  }
  const { lost } = await blobs.scrub(BUCKET, signal);
  assert.deepEqual(lost, [], when);
  await inOrder(roots, told, when);
}

/** Both roots have the same keys, each a link of its content, and nothing else. */
async function inOrder(roots: readonly string[], told: Told, when: string): Promise<void> {
  const [a = [], b = []] = roots.map((root) => filesUnder(root).filter(isKey));
  assert.deepEqual(a, b, when);
  for (const [key, state] of told) {
    if (state !== '?') assert.equal(a.includes(key), state === '+', `${state}${key} ${when}`);
  }
  for (const root of roots) {
    const objects = new Map<number, string>();
    for (const path of filesUnder(root).filter((one) => !isKey(one) && one !== 'root.json')) {
      // Parts live for a week.
      if (path.startsWith('parts/')) continue;
      assert.match(path, /^objects\//, when);
      const { ino, nlink } = statSync(join(root, path));
      objects.set(ino, path);
      assert.ok(nlink > 1, `${path} has no key ${when}`);
    }
    for (const key of a) {
      assert.ok(isWhole(join(root, key)), `${key} is torn ${when}`);
      assert.ok(objects.has(statSync(join(root, key)).ino), `${key} has no object ${when}`);
    }
  }
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  for (const mode of ['killed', 'without power'] as const) {
    test(`${name}: ${mode} at every step`, async (t) => {
      for (let step = 1; ; step += 1) {
        const { home, store, journal } = await prepared(scenario);
        const power = mode === 'killed' ? null : join(home, 'grave');
        const { cut, steps } = await live(() => scenario.act(store), step, { power });
        await judge(scenario, store.roots, read(journal), `${mode} at step ${step}`);
        await rm(home, { recursive: true });
        if (cut) continue;
        t.diagnostic(`${steps} steps`);
        assert.ok(steps > 5);
        break;
      }
    });
  }
}

/** What the process that is killed runs; it tells what was acknowledged, line by line. */
const LIFE = `
  import { writeSync } from 'node:fs';
  const [here, name, step, ...roots] = process.argv.slice(1);
  const { live } = await import(here + '/power-cut.ts');
  const { openStore, SCENARIOS } = await import(here + '/crash-scenarios.ts');
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const open = () => openStore(roots, log, 0);
  const journal = (line) => writeSync(1, line + '\\n');
  const store = { roots, blobs: await open(), open, journal };
  await SCENARIOS[name].prepare(store);
  const die = () => process.kill(process.pid, 'SIGKILL');
  await live(() => SCENARIOS[name].act(store), Number(step), { power: null, die });
`;

test('a process that is really killed leaves the same order', async () => {
  const kills = [
    ['writes of new and of known contents, one after the other and at once', [23]],
    ['an upload in parts', [30]],
    ['removals, also of the last of several names', [9]],
    ['a scrub that repairs', [14]],
  ] as const;
  for (const [name, steps] of kills) {
    for (const step of steps) {
      const home = await mkdtemp(join(place, 'killed-'));
      const roots = [join(home, 'a'), join(home, 'b')];
      const node = ['--input-type=module', '-e', LIFE, import.meta.dirname, name, String(step)];
      const child = spawnSync(process.execPath, [...node, ...roots], { encoding: 'utf8' });
      assert.equal(child.signal, 'SIGKILL', child.stderr);
      const told = read(child.stdout.split('\n').filter((line) => line !== ''));
      const scenario = SCENARIOS[name];
      assert.ok(scenario);
      await judge(scenario, roots, told, `killed at step ${step} of ${name}`);
    }
  }
});
