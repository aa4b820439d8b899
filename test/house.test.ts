import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

/**
 * The walls of the house, as docs/architecture.md draws them. Imports are read as text: what stands
 * between `from '` and `'` in a file of ours.
 */
const ROOT = resolve(import.meta.dirname, '..');

/** Features by floor; a feature may import lower floors only. A new feature adds itself here. */
const FLOORS: Readonly<Record<string, number>> = {
  media: 1,
  people: 2,
  accounts: 3,
  affinity: 3,
  marks: 3,
  settings: 3,
  graph: 3,
  hashtags: 3,
  places: 3,
  drafts: 3,
  posts: 4,
  profiles: 4,
  comments: 5,
  topics: 5,
  'near-duplicates': 5,
  saves: 5,
  sharing: 5,
  ranking: 5,
  feed: 6,
  explore: 6,
  privacy: 7,
  admin: 7,
  storage: 7,
};

/** Files over 300 lines, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};

const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|common|misc|types|index)(\/|\.tsx?$)/;
const CLASS_NAMES = /\bclass \w*(Service|Manager|Helper|Impl)\b/;
/** Outside things that a feature must not know. */
const NOT_FOR_FEATURES = [
  'fastify',
  'pg',
  'postgres',
  'graphile-worker',
  'pino',
  'ws',
  'nodemailer',
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  /** Paths of ours, relative to the root. */
  readonly ours: readonly string[];
  /** Names of packages, `node:` modules left out. */
  readonly packages: readonly string[];
}

const files = globSync('{api,server,web,test,scripts,bench}/**/*.{ts,tsx,mjs}', { cwd: ROOT }).map(
  read,
);
const sources = files.filter((file) => !file.isTest);

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (m) => m[1] ?? '',
  );
  return {
    path,
    text,
    isTest: /\.test\.tsx?$/.test(path) || path.startsWith('test/'),
    ours: specifiers
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(ROOT, resolve(ROOT, dirname(path), name))),
    packages: specifiers
      .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
  };
}

const within = (folder: string) => sources.filter((file) => file.path.startsWith(`${folder}/`));
const featureOf = (path: string) => /^server\/features\/([^/]+)\//.exec(path)?.[1];

/** Every import that `isWrong` names, as `file → what`. */
function wrongImports(
  from: readonly SourceFile[],
  isWrong: (imported: string, file: SourceFile) => boolean,
): string[] {
  return from.flatMap((file) =>
    file.ours.filter((name) => isWrong(name, file)).map((name) => `${file.path} → ${name}`),
  );
}

test('there is a house to look at', () => {
  assert.ok(within('server/features').length > 30);
  assert.ok(within('api').length > 5);
  assert.ok(sources.some((file) => file.ours.length > 5));
});

test('the contract imports nothing of ours and only its schema library', () => {
  assert.deepEqual(
    wrongImports(within('api'), (name) => !name.startsWith('api/')),
    [],
  );
  const foreign = within('api').flatMap((file) =>
    file.packages.filter((name) => name !== 'typebox'),
  );
  assert.deepEqual(foreign, []);
});

test('server and web know only themselves and the contract', () => {
  const leaves = (world: string) => (name: string) =>
    !name.startsWith(`${world}/`) && !name.startsWith('api/') && name.startsWith('..') === false;
  assert.deepEqual(wrongImports(within('server'), leaves('server')), []);
  assert.deepEqual(wrongImports(within('web'), leaves('web')), []);
});

test('every feature has a floor', () => {
  const features = new Set(within('server/features').map((file) => featureOf(file.path)));
  assert.deepEqual(
    [...features].filter((name) => !name || !(name in FLOORS)),
    [],
  );
  assert.deepEqual(
    Object.keys(FLOORS).filter((name) => !features.has(name)),
    [],
    'floors without a feature',
  );
});

test('imports between features run down only', () => {
  const climbs = (name: string, file: SourceFile) => {
    const from = featureOf(file.path) ?? '';
    const to = featureOf(name);
    if (!to || to === from) return false;
    return (FLOORS[to] ?? 99) >= (FLOORS[from] ?? 0);
  };
  assert.deepEqual(wrongImports(within('server/features'), climbs), []);
});

test('features see the kernel, the context, port interfaces, the contract and lower features', () => {
  const PORTS = [
    'server/ports/blobs/blobs.ts',
    'server/ports/bus/bus.ts',
    'server/ports/cache/cache.ts',
    'server/ports/db/db.ts',
    'server/ports/db/errors.ts',
    'server/ports/db/insert-many.ts',
    'server/ports/db/json.ts',
    'server/ports/ffmpeg/ffmpeg.ts',
    'server/ports/jobs/jobs.ts',
    'server/ports/mail/mail.ts',
    'server/ports/sandbox/sandbox.ts',
  ];
  const outside = (name: string) =>
    !name.startsWith('api/') &&
    !name.startsWith('server/kernel/') &&
    !name.startsWith('server/features/') &&
    name !== 'server/context.ts' &&
    !PORTS.includes(name);
  assert.deepEqual(wrongImports(within('server/features'), outside), []);
  const packages = within('server/features').flatMap((file) =>
    file.packages.filter((name) => NOT_FOR_FEATURES.includes(name) || name.startsWith('@fastify/')),
  );
  assert.deepEqual(packages, []);
});

test('the kernel knows no feature, role or adapter', () => {
  const outside = (name: string) => /^server\/(features|roles|http)\//.test(name);
  assert.deepEqual(wrongImports(within('server/kernel'), outside), []);
});

test('ports know no feature, and of the kernel only problem and clock', () => {
  const outside = (name: string) =>
    /^server\/(features|roles|http)\//.test(name) ||
    (name.startsWith('server/kernel/') && !/\/(problem|clock)\.ts$/.test(name));
  assert.deepEqual(wrongImports(within('server/ports'), outside), []);
});

test('Fastify lives in http/ and roles/ only', () => {
  const homes = /^server\/(http|roles|server\.ts)/;
  const strangers = within('server').filter(
    (file) =>
      file.packages.some((name) => /^(@fastify\/|fastify$)/.test(name)) && !homes.test(file.path),
  );
  assert.deepEqual(
    strangers.map((file) => file.path),
    [],
  );
});

test('only config.ts reads the environment, which main.ts hands it', () => {
  const readers = within('server').filter(
    (file) => file.text.includes('process.env') && file.path !== 'server/main.ts',
  );
  assert.deepEqual(
    readers.map((file) => file.path),
    [],
  );
});

test('the design system knows no API and no data', () => {
  const outside = (name: string) => /^(api|web\/(data|pages))\//.test(name);
  assert.deepEqual(wrongImports(within('web/ui'), outside), []);
});

test('what a page is made of knows no page', () => {
  const pages = (name: string) => name.startsWith('web/pages/');
  assert.deepEqual(wrongImports(within('web/data'), pages), []);
});

test('a table is written only by the store of its owner', () => {
  const writes = /\b(?:insert into|update|delete from)\s+([a-z_]+)/g;
  const owners = new Map<string, Set<string>>();
  for (const file of within('server')) {
    for (const [, table] of file.text.matchAll(writes)) {
      if (!table || table === 'set') continue;
      owners.set(table, (owners.get(table) ?? new Set()).add(dirname(file.path)));
    }
  }
  const shared = [...owners].filter(([, folders]) => folders.size > 1);
  assert.deepEqual(
    shared.map(([table, folders]) => `${table}: ${[...folders].join(', ')}`),
    [],
  );
  const strays = within('server/features').filter(
    (file) =>
      /\b(insert into|delete from) [a-z_]+\b/.test(file.text) && !/[/-]store\.ts$/.test(file.path),
  );
  assert.deepEqual(
    strays.map((file) => file.path),
    [],
    'SQL outside store.ts',
  );
});

test('features keep to the ways of asking for time and chance', () => {
  const strays = within('server/features').filter((file) =>
    /\bDate\.now\(|new Date\(\)/.test(file.text),
  );
  assert.deepEqual(
    strays.map((file) => file.path),
    [],
  );
});

test('no circles, types included', () => {
  const known = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    const file = known.get(name);
    if (!file || done.has(name)) return null;
    path.push(name);
    for (const next of file.ours) {
      const circle = visit(next);
      if (circle) return circle;
    }
    path.pop();
    done.add(name);
    return null;
  };
  for (const file of files) assert.equal(visit(file.path)?.join(' → ') ?? null, null);
});

test('no rooms without a name of their own', () => {
  assert.deepEqual(
    files.filter((file) => FORBIDDEN_NAMES.test(file.path)).map((file) => file.path),
    [],
  );
  assert.deepEqual(
    files.filter((file) => CLASS_NAMES.test(file.text)).map((file) => file.path),
    [],
  );
  const shouting = files.filter((file) =>
    /[A-Z_]/.test(file.path.replace(/^.*\//, '').replace(/\.\w+$/, '')),
  );
  assert.deepEqual(
    shouting.map((file) => file.path),
    [],
    'file names are kebab-case',
  );
});

test('files stay small', () => {
  const long = sources.filter(
    (file) => file.text.split('\n').length > 301 && !(file.path in LONG_FILES),
  );
  assert.deepEqual(
    long.map((file) => `${file.path}: ${file.text.split('\n').length} lines`),
    [],
  );
});

test('functions stay small', () => {
  const long = sources.flatMap((file) => longFunctions(file));
  assert.deepEqual(long, []);
});

/** Lines of a function, those of the functions inside it left out; markup is longer than code. */
const FUNCTION_LINES = { code: 60, markup: 100 };
const FUNCTION_HEAD =
  /^(\s*)(?:export )?(?:default )?(?:const \w+ = )?(?:static |async )*(?:function\*? (\w+)|(#?\w+)\(.*\)(?::.*)? \{$|\(?.*\)? => \{$)/;

/** Functions found by the indentation that the formatter gives them. */
function longFunctions({ path, text }: SourceFile): string[] {
  const lines = text.split('\n');
  const spans = lines.flatMap((line, start) => {
    const head = FUNCTION_HEAD.exec(line);
    if (!head || /^\s*(if|for|while|switch|catch|return)\b/.test(line)) return [];
    const close = new RegExp(`^${head[1] ?? ''}\\}`);
    const end = lines.findIndex((other, index) => index > start && close.test(other));
    return end < 0 ? [] : [{ start, end, name: line.trim() }];
  });
  const limit = path.endsWith('.tsx') ? FUNCTION_LINES.markup : FUNCTION_LINES.code;
  return spans.flatMap((span) => {
    const inner = spans.filter((other) => other.start > span.start && other.end < span.end);
    const outermost = inner.filter(
      (one) => !inner.some((other) => other.start < one.start && other.end > one.end),
    );
    const own = outermost.reduce((sum, one) => sum - (one.end - one.start), span.end - span.start);
    return own > limit ? [`${path}:${span.start + 1} ${span.name} has ${own} lines`] : [];
  });
}

test('no test is left out, nothing is left for later', () => {
  const skipped = files.filter((file) =>
    /\b(it|test|describe)\.(skip|only|todo)\(/.test(file.text),
  );
  assert.deepEqual(
    skipped.map((file) => file.path),
    [],
  );
  const later = /\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b/;
  assert.deepEqual(
    files.filter((file) => later.test(file.text)).map((file) => file.path),
    [],
  );
});
