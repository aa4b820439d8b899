import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './launch-lock.mjs';
import { machine } from './launch-node.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean,
 *   devOptional?: boolean, os?: string | string[], cpu?: string | string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} Lock
 */

/**
 * The packages that the lockfile asks for and node_modules does not hold (or in another version), by
 * npm's own note of what it installed. It writes that note last, so a killed installation has none.
 * @param {Lock} wanted package-lock.json
 * @param {Lock | undefined} installed node_modules/.package-lock.json
 * @param {{ dev: boolean, platform: string, arch: string }} need `dev`: whether tools for building and testing count
 * @returns {string[]}
 */
export function listMissing(wanted, installed, need) {
  const own = wanted.packages?.['']?.optionalDependencies ?? {};
  return Object.entries(wanted.packages ?? {}).flatMap(([path, entry]) => {
    if (path === '') return [];
    const there = installed?.packages?.[path];
    if (there) {
      const same = there.version === entry.version && there.integrity === entry.integrity;
      return same ? [] : [path];
    }
    if (!need.dev && (entry.dev || entry.devOptional)) return [];
    if (!entry.optional && !entry.devOptional) return [path];
    // Of the optional ones, those that we name ourselves: Node and PostgreSQL for this machine.
    const asked = path.replace(/^node_modules\//, '') in own;
    return asked && fits(entry.os, need.platform) && fits(entry.cpu, need.arch) ? [path] : [];
  });
}

/**
 * @param {string | string[] | undefined} list
 * @param {string} one
 */
function fits(list, one) {
  const names = typeof list === 'string' ? [list] : (list ?? []);
  if (names.includes(`!${one}`)) return false;
  return names.includes(one) || names.every((name) => name.startsWith('!'));
}

/**
 * Reads both lockfiles of a checkout and compares them.
 * @param {string} root
 * @param {boolean} dev
 */
export function needsInstall(root, dev) {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (!wanted) throw new Error('package-lock.json is missing: this is not a whole checkout.');
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  const { platform, arch } = machine;
  return listMissing(wanted, installed, { dev, platform, arch }).length > 0;
}

/**
 * @param {string} path
 * @returns {Lock | undefined}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Runs `npm ci`, with npm's own output. Rejects when it fails; npm has said why by then.
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function install(root, say) {
  say('Installing dependencies (once, about half a minute)…');
  const began = Date.now();
  const pulse = setInterval(() => {
    say(`  still installing (${Math.round((Date.now() - began) / 1000)} s)`);
  }, 10_000);
  const { program, first, shell } = findNpm();
  const options = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    const code = await new Promise((resolve, reject) => {
      const child = spawn(program, [...first, ...options], { cwd: root, stdio: 'inherit', shell });
      child.once('error', reject);
      child.once('exit', (number, signal) => resolve(number ?? signal));
    });
    if (code !== 0) {
      throw new Error(
        `npm could not install the dependencies (${code}; its message is above). ` +
          'Is there a network, and may this user write here?',
      );
    }
  } finally {
    clearInterval(pulse);
  }
  say(`Dependencies are installed (${Math.round((Date.now() - began) / 1000)} s).`);
}

/**
 * The npm that runs us, on the Node that runs npm: ours may be the one in node_modules, which the
 * installation is about to replace.
 */
function findNpm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script && /npm[^/\\]*\.c?js$/.test(script)) {
    return { program: node || process.execPath, first: [script], shell: false };
  }
  const windows = process.platform === 'win32'; // npm is a script for its shell there
  return { program: windows ? 'npm.cmd' : 'npm', first: [], shell: windows };
}
