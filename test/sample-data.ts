import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

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
