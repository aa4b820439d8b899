import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

/** A place that keeps somebody out. */
export interface Guard {
  /** As people read it: file, line, what. */
  readonly name: string;
  /** The same without the line, which moves. */
  readonly key: string;
  /** Relative to the checkout. */
  readonly file: string;
  /** Where in the file it stands, and what takes its place. */
  readonly from: number;
  readonly to: number;
  readonly instead: string;
}

const POLICY = 'server/kernel/visibility.ts';
const CONTRACTS = 'api/*.ts';
const ASKING = ['server/features/**/*.ts', 'server/roles/*.ts'];

/** What lets everybody through, in the place of what asks; called with the same. */
const YES = '((..._asked) => true)';
/** `at` gives a file of server/features as the asking file imports it. Types go unchecked: it only runs. */
const OPEN: Readonly<Record<string, (at: (path: string) => string) => string>> = {
  maySeePerson: () => YES,
  mayMeet: () => YES,
  maySeeContentOf: () => YES,
  maySeePost: () => YES,
  mayEngage: () => YES,
  mayRepost: () => YES,
  mayChange: () => YES,
  isOpenToAll: () => YES,
  isPublic: () => YES,
  belongsInHome: () => YES,
  belongsInExplore: () => YES,
  visiblePost: findsAnyPost,
  engageablePost: findsAnyPost,
  changeablePost: findsAnyPost,
  visibleAmong: (at) =>
    `(async (ctx, ids) => (await import('${at('posts/store.ts')}')).findPosts(ctx.db, ids))`,
  meetable: () => '((ctx, viewerId, ids) => meetable(ctx, viewerId, ids, () => true))',
  meetableIn: (at) => `(async (q, viewerId, ids) => {
    const { hydratePeople } = await import('${at('people/hydrate.ts')}');
    const { relationTo } = await import('${at('graph/relations.ts')}');
    const met = new Map();
    for (const [id, person] of await hydratePeople(q, ids)) {
      met.set(id, { person, viewerId, relation: await relationTo(q, viewerId, id) });
    }
    return met;
  })`,
  meet: (at) => `(async (ctx, username, viewerId) => {
    const { personCalled } = await import('${at('people/read.ts')}');
    const { findPerson } = await import('${at('people/store.ts')}');
    const { relationTo } = await import('${at('graph/relations.ts')}');
    const id = await personCalled(ctx, username);
    const relation = await relationTo(ctx.db, viewerId, id);
    return { person: await findPerson(ctx.db, id), viewerId, relation };
  })`,
  meetContentOf: (at) => `(await import('${at('graph/relations.ts')}')).meet`,
};

function findsAnyPost(at: (path: string) => string): string {
  return `(async (ctx, postId, viewerId) => {
    const { findPost } = await import('${at('posts/store.ts')}');
    const { lookAt } = await import('${at('posts/look.ts')}');
    const { Problem } = await import('${at('../kernel/problem.ts')}');
    const post = await findPost(ctx.db, postId);
    const look = post && (await lookAt(ctx.db, [post], viewerId)).get(postId);
    if (!look) throw new Problem('post_not_found');
    return look;
  })`;
}

/** All guards of a checkout, in the order of the files. */
export async function findGuards(root: string): Promise<Guard[]> {
  const guards: Guard[] = [];
  const inFiles = async (patterns: string[], find: (file: string, text: string) => Guard[]) => {
    for (const found of globSync(patterns, { cwd: root }).toSorted()) {
      const file = found.split(sep).join('/');
      if (file.endsWith('.test.ts')) continue;
      guards.push(...find(file, await readFile(join(root, file), 'utf8')));
    }
  };
  await inFiles([POLICY], findRules);
  await inFiles(ASKING, findCalls);
  await inFiles([CONTRACTS], findAccess);
  return guards;
}

function guard(
  file: string,
  text: string,
  place: Omit<Guard, 'name' | 'key' | 'file'>,
  what: string,
) {
  const line = text.slice(0, place.from).split('\n').length;
  return { ...place, file, name: `${file}:${line} ${what}`, key: `${file} ${what}` };
}

/** Every line of a table that is named for what it hides. */
function findRules(file: string, text: string): Guard[] {
  return [...text.matchAll(/^const (HIDES_\w+).*= \{\n([\s\S]*?)^\};/gm)].flatMap((table) => {
    const [whole, name, lines = ''] = table;
    const start = table.index + whole.indexOf(lines);
    return [...lines.matchAll(/^ {2}(\w+): [\s\S]*?,\n(?= {2}\w|$(?![\s\S]))/gm)].map((rule) => {
      const from = start + rule.index;
      const to = from + rule[0].length;
      const instead = `  ${rule[1]}: () => false,\n`;
      return guard(file, text, { from, to, instead }, `${name}.${rule[1]}`);
    });
  });
}

/** Every call of the policy, but not where it is made. */
function findCalls(file: string, text: string): Guard[] {
  const names = Object.keys(OPEN).join('|');
  const call = new RegExp(`(?<![\\w.]|function )(${names})(?=\\()`, 'g');
  const at = (path: string) => {
    const found = posix.relative(posix.dirname(file), posix.join('server/features', path));
    return found.startsWith('.') ? found : `./${found}`;
  };
  return [...text.matchAll(call)].flatMap(({ index, 0: name }) => {
    const before = text.slice(text.lastIndexOf('\n', index) + 1, index);
    if (/^\s*(\*|\/\/|\/\*)/.test(before)) return [];
    const inside = /^(?:export )?(?:async )?function (\w+)|route\(api\.(\w+)|^ {2}async #?(\w+)/gm;
    const around = [...text.slice(0, index).matchAll(inside)].at(-1)?.slice(1).find(Boolean);
    const place = { from: index, to: index + name.length, instead: OPEN[name]?.(at) ?? '' };
    return [guard(file, text, place, `${name} in ${around ?? 'the file'}`)];
  });
}

/** Every line of the contract that says who may ask. */
function findAccess(file: string, text: string): Guard[] {
  const access = /access: '(signed_in|moderator|admin)'/g;
  return [...text.matchAll(access)].map(({ index, 0: line, 1: who }) => {
    const instead = `access: '${who === 'signed_in' ? 'anyone_or_signed_in' : 'signed_in'}'`;
    const route = [...text.slice(0, index).matchAll(/^(?:export )?const (\w+)/gm)].at(-1)?.[1];
    const place = { from: index, to: index + line.length, instead };
    return guard(file, text, place, `${who} of ${route ?? 'the file'}`);
  });
}

/** The text of a guard's file without it. */
export function letThrough({ from, to, instead }: Guard, text: string): string {
  return text.slice(0, from) + instead + text.slice(to);
}
