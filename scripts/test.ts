import { existsSync, globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { startThrowaway } from '../test/throwaway.ts';

/**
 * Runs the tests: `scripts/test.ts [file, folder or pattern…]`, all of them by default. One
 * throwaway PostgreSQL serves all files. Exit code 0 only when something ran and nothing failed; on CI
 * also nothing may be skipped.
 */
const root = resolve(import.meta.dirname, '..');
const folders = ['server', 'api', 'web', 'test', 'scripts'];
/** For one file. Far above the slowest, so that only a test that hangs meets it. */
const longestMs = 10 * 60_000;

interface Totals {
  passed: number;
  failed: number;
  readonly left: string[];
}

function findFiles(asked: readonly string[]): string[] {
  const patterns = (asked.length > 0 ? asked : folders).map((one) => {
    const path = resolve(root, one);
    return existsSync(path) && statSync(path).isDirectory() ? `${path}/**/*.test.ts` : path;
  });
  return [...new Set(patterns.flatMap((pattern) => globSync(pattern)))]
    .filter((path) => !path.includes(`${join('/', 'node_modules')}/`))
    .sort();
}

async function runFiles(files: readonly string[], signal: AbortSignal): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, left: [] };
  const stream = run({
    files,
    signal,
    cwd: root,
    concurrency: Math.min(2, availableParallelism()),
    timeout: longestMs,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const where = (data: { name: string; file?: string }) =>
    `${data.file ? relative(root, data.file) : '?'}: ${data.name}`;
  stream.on('test:pass', (data) => {
    if (data.details.type === 'suite') return;
    if (data.skip !== undefined || data.todo !== undefined) totals.left.push(where(data));
    else totals.passed += 1;
  });
  stream.on('test:fail', (data) => {
    if (data.todo !== undefined) totals.left.push(where(data));
    else totals.failed += 1;
  });
  const output = stream.compose(new spec());
  for await (const text of output) process.stdout.write(text);
  return totals;
}

function judge(totals: Totals, strict: boolean): number {
  const { passed, failed, left } = totals;
  console.log(`${passed} passed, ${failed} failed, ${left.length} skipped or to do`);
  for (const name of left) console.log(`  not run: ${name}`);
  if (strict && left.length > 0) console.log('On CI every test must run.');
  if (passed + failed === 0) console.log('No test ran.');
  return failed > 0 || passed === 0 || (strict && left.length > 0) ? 1 : 0;
}

const began = performance.now();
const files = findFiles(process.argv.slice(2));
if (files.length === 0) {
  console.error('No test file matches. Tests are *.test.ts in', folders.join(', '));
  process.exit(1);
}
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopped.abort());
}
const server = await startThrowaway();
try {
  process.env.APERTO_TEST_PG = server.host;
  const totals = await runFiles(files, stopped.signal);
  process.exitCode = stopped.signal.aborted ? 130 : judge(totals, Boolean(process.env.CI));
  console.log(`${files.length} files in ${Math.round((performance.now() - began) / 1000)} s`);
} finally {
  await server.stop();
}
