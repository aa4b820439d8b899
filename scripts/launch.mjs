/**
 * How every npm script starts: sees to dependencies, Node 24 and the built web app, then runs the
 * rest on Node 24. Plain JavaScript for Node 18 and newer, without dependencies, because it runs
 * before there are any.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, needsBuild, viteCommand } from './launch-build.mjs';
import { install, needsInstall } from './launch-install.mjs';
import { alone } from './launch-lock.mjs';
import { findNode } from './launch-node.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} text */
const say = (text) => console.log(text);

/** @typedef {{ run: string[], group?: boolean }} Step one program, as arguments for Node */

/** @type {Record<string, { web: (args: string[]) => boolean, dev: boolean, steps: (args: string[]) => Step[] }>} */
const verbs = {
  start: {
    web: () => true,
    dev: false,
    steps: (args) => [{ run: ['server/main.ts', ...args], group: true }],
  },
  dev: {
    web: () => true,
    dev: true,
    steps: (args) => [
      { run: ['--watch', '--watch-preserve-output', 'server/main.ts', ...args], group: true },
    ],
  },
  test: { web: () => true, dev: true, steps: (args) => [{ run: ['scripts/test.ts', ...args] }] },
  check: { web: () => true, dev: true, steps: listChecks },
  format: { web: () => false, dev: true, steps: (args) => [{ run: formatCommand(args) }] },
  demo: { web: () => true, dev: true, steps: (args) => [{ run: ['scripts/demo.ts', ...args] }] },
  bench: {
    web: (args) => args[0] === 'feed',
    dev: true,
    steps: (args) => [{ run: ['bench/run.ts', ...args] }],
  },
  guards: {
    web: () => true,
    dev: true,
    steps: (args) => [{ run: ['scripts/guards.ts', ...args] }],
  },
  screenshots: {
    web: () => true,
    dev: true,
    steps: (args) => [{ run: ['scripts/screenshots.ts', ...args] }],
  },
};

const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';

/** @param {string[]} args */
function listChecks(args) {
  return [
    { run: [biome, 'ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.'] },
    { run: [tsc, '--project', 'tsconfig.json'] },
    { run: [tsc, '--project', 'web/tsconfig.json'] },
    { run: [tsc, '--project', 'web/tsconfig.test.json'] },
    { run: [tsc, '--project', 'test/pages/tsconfig.json'] },
    { run: ['scripts/test.ts', ...args] },
  ];
}

/** @param {string[]} args */
function formatCommand(args) {
  return [biome, 'check', '--write', ...(args.length > 0 ? args : ['.'])];
}

/**
 * Installs and builds what is missing; on a prepared checkout it only looks.
 * @param {{ web: boolean, dev: boolean }} need
 * @returns {Promise<string>} the Node to run on
 */
async function prepare({ web, dev }) {
  const lock = join(root, 'dist', '.launch-lock');
  const mustBuild = () => web && needsBuild(root);
  // Without its tools, a server with a finished build still starts (npm ci --omit=dev).
  const mustInstall = () => needsInstall(root, dev || mustBuild());
  if (mustInstall() || mustBuild()) {
    await alone(lock, say, async () => {
      if (mustInstall()) await install(root, say);
      if (mustBuild()) await build(root, findNode(root), say);
    });
  }
  return findNode(root);
}

/**
 * Starts a program on Node 24, with its tools in PATH.
 * @param {string} node
 * @param {Step} step
 */
function startStep(node, step) {
  return spawn(node, ['--disable-warning=ExperimentalWarning', ...step.run], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
      // Node keeps the stripped and compiled modules there: a third less time to start.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'dist', '.compile-cache'),
    },
    // The server gets a session of its own: Ctrl-C in a terminal would reach it and us, and it
    // should hear of each signal once. Killed by -9 ourselves, it goes on running.
    detached: Boolean(step.group) && process.platform !== 'win32',
  });
}

/**
 * Passes signals on until the program ends; gives its exit code.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function follow(child) {
  /** @type {Map<NodeJS.Signals, number>} */
  const passed = new Map();
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    // A terminal's Ctrl-C comes from the terminal and once more from npm.
    const now = performance.now();
    if (now - (passed.get(signal) ?? Number.NEGATIVE_INFINITY) < 900) return;
    passed.set(signal, now);
    // A closed terminal is a wish to end, too.
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, pass);
  // npm was killed, and could pass nothing on. Whoever starts this file by hand may well leave it.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) pass('SIGTERM');
  }, 1000);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      clearInterval(watch);
      reject(new Error(`${child.spawnfile} does not run on this machine (${error.message}).`));
    });
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      for (const one of signals) process.removeListener(one, pass);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * @param {string | undefined} verb
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function launch(verb, args) {
  const work = verb ? verbs[verb] : undefined;
  if (!work) {
    console.error(`Usage: npm run VERB, where VERB is one of: ${Object.keys(verbs).join(', ')}`);
    return 2;
  }
  const node = await prepare({ web: work.web(args), dev: work.dev });
  const watch =
    verb === 'dev' &&
    startStep(node, { run: [...viteCommand(root), 'build', '--watch', '--logLevel', 'warn'] });
  try {
    for (const step of work.steps(args)) {
      const code = await follow(startStep(node, step));
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    if (watch) watch.kill();
  }
}

const [verb, ...rest] = process.argv.slice(2);
try {
  process.exitCode = await launch(verb, rest);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
