import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';

/** Where sample photos may lie: APERTO_SAMPLE_DATA, or beside the checkout. They are no part of it. */
const folder =
  process.env.APERTO_SAMPLE_DATA ?? resolve(import.meta.dirname, '..', '..', 'shared', 'data');

/** Paths of the sample photos of types that we take; none where there are no samples. */
export function samplePhotos(): string[] {
  const photos = join(folder, 'photos');
  if (!existsSync(photos)) return [];
  return readdirSync(photos)
    .filter((name) => /\.(jpg|png|webp)$/.test(name))
    .map((name) => join(photos, name));
}

/** The path of one sample photo, or null. */
export function samplePhoto(name: string): string | null {
  const path = join(folder, 'photos', name);
  return existsSync(path) ? path : null;
}

/** The path of one sample video, or null. */
export function sampleVideo(name: string): string | null {
  const path = join(folder, 'videos', name);
  return existsSync(path) ? path : null;
}

const TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.heic': 'image/heic',
  '.mp4': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
};

export interface SampleFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Every sample photo and video; none where there are no samples. */
export async function sampleFiles(): Promise<SampleFile[]> {
  const names = ['photos', 'videos'].flatMap((kind) => {
    const path = join(folder, kind);
    return existsSync(path) ? readdirSync(path).map((name) => join(kind, name)) : [];
  });
  return await Promise.all(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      return type
        ? [readFile(join(folder, name)).then((bytes): SampleFile => ({ name, type, bytes }))]
        : [];
    }),
  );
}
