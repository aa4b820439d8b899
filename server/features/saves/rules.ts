/** A collection's name as it is kept: one line, no spaces around it. */
export function cleanName(name: string): string {
  return name.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
}

/** The form that names are compared in: without case, compatibility forms united (NFKC). */
export function foldName(name: string): string {
  return cleanName(name).normalize('NFKC').toLowerCase().normalize('NFKC');
}
