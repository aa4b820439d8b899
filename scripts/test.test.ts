import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), 'aperto-runner-'));
});
after(() => rm(place, { recursive: true, force: true }));

/** Runs `scripts/test.ts` on a folder of its own with the given tests. */
async function runTests(name: string, body: string, env: Record<string, string> = {}) {
  const folder = join(place, name);
  await mkdir(folder);
  const text = `import { test } from 'node:test'; import assert from 'node:assert';\n${body}`;
  if (body !== '') await writeFile(join(folder, 'sample.test.ts'), text);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), folder], {
    // Nothing of the runner that runs this test.
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (said) => {
      output += said;
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

// Written apart, so that nobody takes this for a test that is left out.
const leftOut = `test.${'skip'}('later', () => {});`;

test('it is green when all pass, and tests reach the database', async () => {
  const { code, output } = await runTests(
    'green',
    `test('socket', () => assert.match(process.env.APERTO_TEST_PG, /aperto/)); ${leftOut}`,
  );
  assert.match(output, /^1 passed, 0 failed, 1 skipped or to do$/m);
  assert.equal(code, 0, output);
});

test('on CI a test that is left out makes it red, and it is named', async () => {
  const { code, output } = await runTests('left', `test('now', () => {}); ${leftOut}`, {
    CI: 'true',
  });
  assert.match(output, /not run: .*sample\.test\.ts: later$/m);
  assert.equal(code, 1);
});

test('a failure, a file that does not load and no test at all are red', async () => {
  const failed = await runTests('failed', `test('no', () => assert.fail('it does not hold'));`);
  assert.match(failed.output, /it does not hold/);
  assert.match(failed.output, /^0 passed, 1 failed/m);
  assert.equal(failed.code, 1);
  const broken = await runTests('broken', `import './nowhere.ts';`);
  assert.equal(broken.code, 1);
  const none = await runTests('none', '');
  assert.match(none.output, /No test file matches/);
  assert.equal(none.code, 1);
});
