import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError, messageOf, systemCode } from './embedded-error.ts';

/** As whom PostgreSQL runs: it refuses to run as root, whatever the reason. */
export interface RunAs {
  readonly way: Way;
  /** What stands before the program's name. */
  readonly prefix: readonly string[];
  /** Who must own the data folder, as this process sees it. */
  readonly uid: number;
  readonly gid: number;
}

export type Way = 'itself' | 'user-namespace' | 'other-user';

/** PostgreSQL and the tools around it see this environment and nothing of ours. */
export const childEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

interface Person {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/**
 * Chooses how PostgreSQL runs here, by trying. `force` takes one way alone (for tests).
 * Throws `EmbeddedError` when there is none.
 */
export async function findRunAs(postgres: string, dataDir: string, force?: Way): Promise<RunAs> {
  const self = process.getuid?.() ?? 0;
  if (self !== 0 && (force === undefined || force === 'itself') && hasName()) {
    return { way: 'itself', prefix: [], uid: self, gid: process.getgid?.() ?? self };
  }
  const owner = await ownerOf(dataDir);
  const people = await readPeople();
  const ways = [...listWays(self, owner, people)].filter((one) => !force || one.way === force);
  const failures: string[] = [];
  for (const one of ways) {
    const failure = await tryRunAs(one, postgres, dataDir);
    if (failure === undefined) return one;
    failures.push(`${one.prefix[0]}: ${failure}`);
  }
  throw new EmbeddedError(
    'PostgreSQL does not run as root, and no other way works on this machine ' +
      `(${failures.join('; ') || 'neither unshare nor setpriv'}). ` +
      'Run Aperto as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

function* listWays(self: number, owner: number, people: readonly Person[]): Generator<RunAs> {
  if (process.platform !== 'linux') return;
  const inNamespace = namespaceWay(self, people);
  // A folder that already belongs to somebody else is left to them: so a person who also starts
  // it without root finds it usable.
  if (self === 0 && owner !== 0) {
    const person = people.find((one) => one.uid === owner);
    if (person) yield otherUserWay(person);
  }
  if (inNamespace) yield inNamespace;
  if (self !== 0) return;
  for (const name of ['postgres', 'daemon', 'nobody']) {
    const person = people.find((one) => one.name === name);
    if (person) yield otherUserWay(person);
  }
}

/**
 * A user namespace in which we are called otherwise: files, processes and rights stay our own, so
 * it reaches whatever we reach by ownership. The name must exist, initdb looks it up.
 */
function namespaceWay(self: number, people: readonly Person[]): RunAs | undefined {
  const person =
    people.find((one) => one.uid === 1000) ??
    people.find((one) => one.name === 'nobody') ??
    people.find((one) => one.uid !== 0);
  if (!person) return undefined;
  const prefix = ['unshare', '--user', `--map-user=${person.uid}`, `--map-group=${person.gid}`];
  return {
    way: 'user-namespace',
    prefix: [...prefix, '--'],
    uid: self,
    gid: process.getgid?.() ?? self,
  };
}

/**
 * Another user, who keeps one right of root: to pass folders that only root may enter. The checkout
 * and the data folder may lie below one. `no_setuid_fixup` lets that right count for access(2)
 * too, by which PostgreSQL looks for its own programs.
 */
function otherUserWay(person: Person): RunAs {
  return {
    way: 'other-user',
    prefix: [
      'setpriv',
      `--reuid=${person.uid}`,
      `--regid=${person.gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      '--inh-caps=-all,+dac_override',
      '--ambient-caps=-all,+dac_override',
      '--bounding-set=-all,+dac_override',
      '--no-new-privs',
      '--',
    ],
    uid: person.uid,
    gid: person.gid,
  };
}

async function tryRunAs(as: RunAs, postgres: string, dataDir: string): Promise<string | undefined> {
  const [program, ...before] = as.prefix;
  if (program === undefined) return undefined;
  const look = 'cd -- "$1" && "$0" --version';
  try {
    await run(program, [...before, '/bin/sh', '-c', look, postgres, dataDir], {
      env: childEnvironment,
      timeout: 10_000,
    });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return said.split('\n')[0] || messageOf(error);
  }
}

/** Who owns the database in the data folder, or the folder as long as there is none. */
async function ownerOf(dataDir: string): Promise<number> {
  try {
    return (await stat(join(dataDir, 'postgres'))).uid;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return (await stat(dataDir)).uid;
  }
}

async function readPeople(): Promise<Person[]> {
  let text: string;
  try {
    text = await readFile('/etc/passwd', 'utf8');
  } catch {
    return []; // no such file: nobody to run as, and the caller says so
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** initdb looks up the name of whoever runs it; in a container there may be none. */
function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false; // the system knows no name for this number
  }
}
