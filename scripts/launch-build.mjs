import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { codeOf } from './launch-lock.mjs';

/** What the web app is made from. */
const sources = ['web', 'api', 'package-lock.json'];
/** In the build: the hash of what it was made from. It comes and goes with it. */
const mark = '.sources';

/**
 * A hash over the names and contents of the web app's sources. Not their times: git sets those anew
 * with each checkout. Tests and hidden files do not count.
 * @param {string} root
 * @returns {string}
 */
export function hashSources(root) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap((name) => listFiles(join(root, name))).sort()) {
    const bytes = readFileSync(path);
    hash.update(`${relative(root, path).split(sep).join('/')}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path a file or folder
 * @returns {string[]}
 */
function listFiles(path) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return [path];
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || /\.test\.tsx?$/.test(entry.name)) return [];
    const inside = join(path, entry.name);
    return entry.isDirectory() ? listFiles(inside) : [inside];
  });
}

/**
 * Whether the web app has to be built: there is no build, or it is of other sources.
 * @param {string} root
 */
export function needsBuild(root) {
  try {
    return readFileSync(join(root, 'dist', 'web', mark), 'utf8') !== hashSources(root);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

/**
 * Builds the web app under another name and puts it into place when it is whole.
 * @param {string} root
 * @param {string} node
 * @param {(text: string) => void} say
 */
export async function build(root, node, say) {
  say('Building the web app…');
  const began = Date.now();
  const made = join(root, 'dist', 'web.new');
  const place = join(root, 'dist', 'web');
  rmSync(made, { recursive: true, force: true });
  const hash = hashSources(root);
  const { code, output } = await runVite(root, node, ['build', '--outDir', made]);
  if (code !== 0 || !existsSync(join(made, 'index.html'))) {
    rmSync(made, { recursive: true, force: true });
    throw new Error(`The web app could not be built (${code}):\n${output}`);
  }
  writeFileSync(join(made, mark), hash);
  const old = join(root, 'dist', 'web.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(made, place);
  rmSync(old, { recursive: true, force: true });
  say(`The web app is built (${((Date.now() - began) / 1000).toFixed(1)} s).`);
}

/**
 * @param {string} root
 * @param {string} node
 * @param {readonly string[]} options
 * @returns {Promise<{ code: number | string, output: string }>}
 */
function runVite(root, node, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...viteCommand(root), ...options], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 'killed', output }));
  });
}

/**
 * Vite with our configuration, as arguments for Node.
 * @param {string} root
 */
export function viteCommand(root) {
  return [
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    '--config',
    join(root, 'web', 'vite.config.ts'),
  ];
}
