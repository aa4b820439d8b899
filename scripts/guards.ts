/**
 * Takes guards away, one at a time, and demands that test/journeys/access.test.ts turns red each time:
 * npm run guards [-- --count 10 --seed N]. A guard is a line of the policy's tables, a call of the policy, or
 * what the contract says of who may ask. `--only TEXT` takes those whose name holds the text; `--list` only
 * names them. It works on a copy of the checkout in a temporary folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startThrowaway } from '../test/throwaway.ts';
import { findGuards, type Guard, letThrough } from './guards/find.ts';
import { SECOND_LINES } from './guards/second-lines.ts';

const root = resolve(import.meta.dirname, '..');
const COPIED = ['server', 'api', 'test', 'migrations', 'package.json'];
const LINKED = ['node_modules', 'dist'];
const TEST = 'test/journeys/access.test.ts';
/** For one run. Far above the longest on a busy machine. */
const LONGEST_MS = 15 * 60_000;

/** Who is running now, to be ended with us. */
let running: ChildProcess | undefined;

/** Runs the access test in the copy until it fails or ends; gives the first test that failed, or null. */
async function firstFailure(copy: string, host: string, tmp: string): Promise<string | null> {
  const options = ['--disable-warning=ExperimentalWarning', '--test', '--test-isolation=none'];
  const child = spawn(process.execPath, [...options, '--test-reporter=tap', TEST], {
    cwd: copy,
    env: { ...process.env, APERTO_TEST_PG: host, TMPDIR: tmp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const closed = new Promise<number | null>((done) => child.once('close', done));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, LONGEST_MS);
  let failed: string | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    failed ??= /^\s*not ok \d+ - (.*)/.exec(line)?.[1] ?? null;
    // One is enough; what it leaves behind goes with the folder and the database.
    if (failed !== null) child.kill('SIGKILL');
  }
  const code = await closed;
  clearTimeout(timer);
  running = undefined;
  if (late) throw new Error(`${TEST} did not end within ${LONGEST_MS / 60_000} minutes`);
  if (failed === null && code !== 0) throw new Error(`${TEST} ended with ${code} and no failure`);
  return failed;
}

/** Those that the seed draws: everybody draws the same with the same seed and the same guards. */
function draw(guards: readonly Guard[], count: number, seed: number): Guard[] {
  const rank = ({ key }: Guard) => createHash('sha256').update(`${seed}\n${key}`).digest('hex');
  const ranked = guards.map((guard) => ({ guard, at: rank(guard) }));
  return ranked
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count)
    .map(({ guard }) => guard);
}

/** True when every guard that was taken away was missed, or stands behind another. */
async function tryAll(copy: string, host: string, guards: readonly Guard[]): Promise<boolean> {
  const tmp = join(copy, 'tmp');
  await mkdir(tmp);
  const whole = await firstFailure(copy, host, tmp);
  if (whole !== null) throw new Error(`with every guard in its place, this fails: ${whole}`);
  console.log('green  with every guard in its place');
  let holes = 0;
  for (const guard of guards) {
    const path = join(copy, guard.file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, letThrough(guard, text));
    const failed = await firstFailure(copy, host, tmp);
    await writeFile(path, text);
    const why = SECOND_LINES[guard.key];
    if (failed !== null) console.log(`red    ${guard.name}: ${failed}`);
    else if (why) console.log(`green  ${guard.name}: ${why}`);
    else console.log(`GREEN  ${guard.name}: nothing missed it`);
    if (failed === null && !why) holes += 1;
  }
  console.log(`${guards.length} guards taken away, ${holes} not missed`);
  return holes === 0;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
const found = await findGuards(root);
for (const key of Object.keys(SECOND_LINES)) {
  if (!found.some((guard) => guard.key === key))
    throw new Error(`there is no guard ${key} any more`);
}
const all = found.filter(({ name }) => name.includes(values.only));
if (values.list) {
  for (const { name } of all) console.log(name);
} else {
  console.log(`seed ${seed}: ${values.count} of ${all.length} guards`);
  const copy = await mkdtemp(join(tmpdir(), 'aperto-guards-'));
  process.once('exit', () => running?.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => running?.kill('SIGKILL'));
  }
  const server = await startThrowaway();
  try {
    for (const name of COPIED) await cp(join(root, name), join(copy, name), { recursive: true });
    for (const name of LINKED) await symlink(join(root, name), join(copy, name));
    const held = await tryAll(copy, server.host, draw(all, Number(values.count), seed));
    process.exitCode = held ? 0 : 1;
  } finally {
    await server.stop();
    await rm(copy, { recursive: true, force: true });
  }
}
