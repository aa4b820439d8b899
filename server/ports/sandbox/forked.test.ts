import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import type * as Tasks from '../../../test/sandbox-tasks.ts';
import { until } from '../../../test/within.ts';
import { Problem } from '../../kernel/problem.ts';
import { openForkedSandbox } from './forked.ts';
import {
  SandboxBusy,
  SandboxClosed,
  type Source,
  type Task,
  TaskDied,
  type TaskFunction,
} from './sandbox.ts';

const FILE = new URL('../../../test/sandbox-tasks.ts', import.meta.url).href;
const log = pino({ level: 'silent' });
const sandbox = openForkedSandbox({ log });
after(() => sandbox.close());

function task<Name extends keyof typeof Tasks>(
  name: Name,
): Task<Extract<(typeof Tasks)[Name], TaskFunction>> {
  return { module: FILE, name };
}

function sourceOf(bytes: Buffer): Source {
  return {
    size: bytes.length,
    stream: async (start, end) => Readable.from([bytes.subarray(start, end + 1)]),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a task runs in another process, with its input, its bytes, and nothing of the environment', async () => {
  const bytes = Buffer.alloc(3_000_000, 'abc');
  const input = { a: [1, null, 'x'], b: new Date(0) };
  const { value, files } = await sandbox.run(task('echo'), input, { source: sourceOf(bytes) });
  assert.deepEqual(value.input, input);
  assert.notEqual(value.pid, process.pid);
  assert.deepEqual(
    value.env.filter((name) => !/^(MALLOC_.*|NODE_CHANNEL_.*)$/.test(name)),
    [],
  );
  assert.ok(files[0]?.equals(bytes));
  const again = await sandbox.run(task('echo'), 1);
  assert.equal(again.value.pid, value.pid, 'the child is used again');
});

test('a task reads what it asks for, in any order', async () => {
  const source = sourceOf(Buffer.from('0123456789'));
  const parts: [number, number][] = [
    [8, 20],
    [0, 1],
    [3, 3],
    [10, 12],
    [5, 4],
  ];
  const { value, files } = await sandbox.run(task('readParts'), parts, { source });
  assert.equal(value, 10);
  assert.deepEqual(files.map(String), ['89', '01', '3', '', '']);
});

test('what a task refuses arrives as it was thrown, and its child goes on', async () => {
  const { value } = await sandbox.run(task('echo'), 0);
  await assert.rejects(sandbox.run(task('refuse'), 'no picture'), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      [error.code, error.message, error.details],
      ['media_broken', 'no picture', { reason: 'test' }],
    );
    return true;
  });
  assert.equal((await sandbox.run(task('echo'), 0)).value.pid, value.pid);
  await assert.rejects(sandbox.run(task('fail'), undefined), /a fault of ours/);
});

test('a source that fails or is shorter than it says fails its task alone', async () => {
  const broken = async (stream: Source['stream']) =>
    sandbox.run(task('echo'), 0, { source: { size: 10, stream } });
  await assert.rejects(
    broken(async () => {
      throw new Problem('storage_full');
    }),
    (error) => error instanceof Problem && error.code === 'storage_full',
  );
  await assert.rejects(
    broken(async () => Readable.from([Buffer.alloc(3)])),
    /other bytes/,
  );
  const { files } = await sandbox.run(task('echo'), 0, { source: sourceOf(Buffer.from('right')) });
  assert.equal(String(files[0]), 'right');
});

test('what kills, stops or fills its process costs itself alone, after a second try', async () => {
  const small = openForkedSandbox({ log, size: 2, memoryMax: 300 * 1024 * 1024 });
  try {
    const dies = (run: Promise<unknown>, death: string) =>
      assert.rejects(run, (error) => {
        assert.ok(error instanceof TaskDied, String(error));
        assert.equal(error.death, death);
        return true;
      });
    const limitMs = 300;
    const others = Promise.all(Array.from({ length: 20 }, (_, i) => small.run(task('echo'), i)));
    await Promise.all([
      dies(small.run(task('crash'), undefined), 'crashed'),
      dies(small.run(task('hang'), undefined, { limitMs }), 'too_slow'),
      dies(small.run(task('fill'), 1000), 'too_large'),
      dies(small.run(task('writeOnAndOn'), undefined), 'too_large'),
    ]);
    const values = (await others).map(({ value }) => value.input);
    assert.deepEqual(
      values,
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.ok(small.pids().length <= 2);
  } finally {
    await small.close();
  }
});

test('a task that is killed once is run again', async () => {
  const one = openForkedSandbox({ log, size: 1 });
  try {
    const killed: number[] = [];
    const stream: Source['stream'] = async () => {
      const [pid = 0] = one.pids();
      if (killed.length === 0) process.kill(pid, 'SIGKILL');
      killed.push(pid);
      return Readable.from([Buffer.from('1234567890')]);
    };
    const { files } = await one.run(task('echo'), 0, { source: { size: 10, stream } });
    assert.equal(String(files[0]), '1234567890');
    assert.equal(killed.length, 2);
    assert.notEqual(killed[0], killed[1]);
  } finally {
    await one.close();
  }
});

test('nothing in a child starts programs, writes files or makes threads', async () => {
  const { value } = await sandbox.run(task('breakOut'), undefined);
  assert.deepEqual(value, Array(3).fill('ERR_ACCESS_DENIED'));
});

test('who would rather be refused is, when too many wait; patient ones leave a place free', async () => {
  const one = openForkedSandbox({ log, size: 2, waitingMax: 2 });
  try {
    const busy = [1, 2].map(() => one.run(task('claim'), { bytes: 1, ms: 400 }));
    const waiting = [1, 2].map(() => one.run(task('echo'), 0, { whenBusy: 'refuse' }));
    await assert.rejects(one.run(task('echo'), 0, { whenBusy: 'refuse' }), SandboxBusy);
    await Promise.all([...busy, ...waiting, one.run(task('echo'), 0)]);
    const patient = [1, 2, 3].map(() =>
      one.run(task('claim'), { bytes: 1, ms: 300 }, { isPatient: true }),
    );
    const order: string[] = [];
    await Promise.all([
      ...patient.map((run) => run.then(() => order.push('patient'))),
      one.run(task('echo'), 0).then(() => order.push('quick')),
    ]);
    assert.equal(order[0], 'quick');
  } finally {
    await one.close();
  }
});

test('large ones wait for each other, and that is not counted as their time', async () => {
  const bytes = 100 * 1024 * 1024;
  const large = () => sandbox.run(task('claim'), { bytes, ms: 300 }, { limitMs: 500 });
  const spans = (await Promise.all([large(), large()]))
    .map(({ value }) => value)
    .sort((a, b) => a.from - b.from);
  assert.ok((spans[0]?.to ?? 0) <= (spans[1]?.from ?? 0));
});

test('children end with the sandbox, and what they did is told', async () => {
  const one = openForkedSandbox({ log, size: 1 });
  const runs = [one.run(task('hang'), undefined), one.run(task('echo'), 0)];
  const told = Promise.all(runs.map((run) => assert.rejects(run, SandboxClosed)));
  await turn();
  const [pid = 0] = one.pids();
  assert.ok(isAlive(pid));
  await one.close();
  await told;
  assert.ok(!isAlive(pid));
  await assert.rejects(one.run(task('echo'), 0), SandboxClosed);
});

test('children end when the server is killed', async () => {
  const program = `
    import { pino } from 'pino';
    import { openForkedSandbox } from ${JSON.stringify(new URL('./forked.ts', import.meta.url).href)};
    const sandbox = openForkedSandbox({ log: pino({ level: 'silent' }) });
    const { value } = await sandbox.run({ module: ${JSON.stringify(FILE)}, name: 'echo' }, 0);
    console.log(value.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: new URL('../../..', pathToFileURL(import.meta.filename)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await until(async () => {
    await turn();
    return !isAlive(pid);
  }, 'the child has ended');
});
