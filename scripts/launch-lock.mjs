import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Runs `work` while no other launcher of this checkout installs or builds; waits for the other one.
 * A note of a process that is gone does not count, nor one that is older than any installation.
 * @template T
 * @param {string} path
 * @param {(text: string) => void} say
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(path, say, work) {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw notWritable(path, error);
  }
  for (let turn = 0; !take(path); turn++) {
    if (turn === 0) say('Another start is installing or building here; waiting for it.');
    await wait(100);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/**
 * @param {string} path
 * @param {unknown} error
 */
function notWritable(path, error) {
  return new Error(
    'Dependencies have to be installed or the web app built, and this user may not write into ' +
      `${dirname(path)} (${codeOf(error)}). Run it once as the owner of this folder.`,
    { cause: error },
  );
}

const longestMs = 30 * 60_000;

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw notWritable(path, error);
  }
  if (isHeld(path)) return false;
  rmSync(path, { force: true });
  return false; // the next turn takes it, if nobody else does
}

/** @param {string} path */
function isHeld(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    const age = Date.now() - statSync(path).mtimeMs;
    // Empty for the moment between making and writing it.
    return age < longestMs && (pid > 0 ? isRunning(pid) : age < 1000);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
