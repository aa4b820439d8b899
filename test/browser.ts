import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

/**
 * Starts the Chromium that comes from npm, without a window; whoever opens it closes it. The first
 * time on a machine it is unpacked into the temporary folder (some 4 s, 250 MB).
 */
export async function openBrowser(): Promise<Browser> {
  const folder = await unpack();
  const executablePath = join(folder, 'chromium');
  return await chromium.launch({
    executablePath,
    // Not the package's own list: that one takes away the very protections that we test.
    args: ['--no-sandbox', '--font-render-hinting=none', '--no-zygote'],
    env: await describeEnvironment(folder, executablePath),
  });
}

/**
 * Unpacks Chromium into a folder for this user and version. The package itself would unpack into the
 * temporary folder as such, half visible to a second test that starts meanwhile.
 */
async function unpack(): Promise<string> {
  const module = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
  const { version } = JSON.parse(await readFile(join(dirname(module), '../package.json'), 'utf8'));
  const folder = join(tmpdir(), `aperto-chromium-${process.getuid?.() ?? 0}-${version}`);
  if (existsSync(folder)) return folder;
  const made = await mkdtemp(`${folder}-`);
  try {
    const script = `await (await import(${JSON.stringify(module)})).default.executablePath()`;
    await run(process.execPath, ['--input-type=module', '--eval', script], {
      // Told that it runs on a bare machine, the package also unpacks libraries and fonts.
      env: { ...process.env, TMPDIR: made, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
    });
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // another test was first
  }
  return folder;
}

/** Lends it the package's libraries and fonts where the machine has none. */
async function describeEnvironment(
  folder: string,
  program: string,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined) env[name] = value;
  const { stdout } = await run('ldd', [program]);
  if (stdout.includes('not found')) env.LD_LIBRARY_PATH = join(folder, 'al2023', 'lib');
  if (!existsSync('/etc/fonts/fonts.conf')) env.FONTCONFIG_PATH = join(folder, 'fonts');
  return env;
}
