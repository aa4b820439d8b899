import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { PictureFile } from './client.ts';
import { AVATARS, type AvatarName, SHOTS, type ShotName } from './pictures.ts';

export interface DemoPicture extends PictureFile {
  /** Empty when nobody has said what the picture shows. */
  readonly alt: string;
  /** What to call it when something is said about the file. */
  readonly name: string;
}

/** Where the pictures of the demo come from. */
export interface Supply {
  /** True when they are the visitor's own, so that nothing is known about them. */
  readonly foreign: boolean;
  picture(name: ShotName): Promise<DemoPicture>;
  avatar(name: AvatarName): Promise<PictureFile>;
  /** Leaves a picture out from now on. Throws when none would be left. */
  leaveOut(name: string): void;
}

const TYPES: Readonly<Record<string, PictureFile['type']>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** Makes the pictures, each once: they are kept in `dist/` until the code that makes them changes. */
export function makePictures(): Supply {
  const folder = join(import.meta.dirname, '../../dist/demo', sourcesVersion());
  const keep = async (name: string, take: () => Promise<Buffer>): Promise<PictureFile> => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.jpg`);
    if (existsSync(path)) return { bytes: await readFile(path), type: 'image/jpeg' };
    const bytes = await take();
    await mkdir(folder, { recursive: true });
    await writeFile(`${path}.${process.pid}`, bytes);
    await rename(`${path}.${process.pid}`, path);
    return { bytes, type: 'image/jpeg' };
  };
  return {
    foreign: false,
    picture: async (name) => ({
      ...(await keep(name, SHOTS[name].take)),
      alt: SHOTS[name].alt,
      name,
    }),
    avatar: (name) => keep(`avatar-${name}`, AVATARS[name]),
    leaveOut(name) {
      throw new Error(`The server does not take the picture “${name}”.`);
    },
  };
}

function sourcesVersion(): string {
  const hash = createHash('sha256');
  const files = ['pictures.ts', ...globSync('pictures/*.ts', { cwd: import.meta.dirname }).sort()];
  for (const file of files) hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The photos of a folder, one after the other and again from the start. Throws when there are none. */
export function takePhotos(folder: string): Supply {
  const files = readdirSync(resolve(folder))
    .filter((name) => extname(name).toLowerCase() in TYPES)
    .sort();
  const none = () =>
    new Error(`There is no photo to take in ${folder}: .jpg, .jpeg, .png and .webp are taken.`);
  if (files.length === 0) throw none();
  let next = 0;
  const made = makePictures();
  return {
    foreign: true,
    async picture() {
      const name = files[next % files.length] ?? '';
      next += 1;
      const type = TYPES[extname(name).toLowerCase()] ?? 'image/jpeg';
      return { bytes: await readFile(resolve(folder, name)), type, alt: '', name };
    },
    avatar: (name) => made.avatar(name),
    leaveOut(name) {
      const at = files.indexOf(name);
      if (at >= 0) files.splice(at, 1);
      if (files.length === 0) throw none();
    },
  };
}
