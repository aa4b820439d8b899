import { resolve } from 'node:path';

/** The settings that are addresses: each reader adds to `problems` what is wrong, in a sentence. */

export function readPublicUrl(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  }
  problems.push(
    `PUBLIC_URL=${text} must be an address without a path, such as https://photos.example.org.`,
  );
  return null;
}

export function readDatabaseUrl(name: string, text: string | undefined, problems: string[]) {
  if (text === undefined || text === '') return null;
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  problems.push(
    `${name} must begin with postgres:// (the value is not repeated here: it may hold a password).`,
  );
  return null;
}

export function readBlobRoots(
  text: string | undefined,
  cwd: string,
  dataDir: string,
  problems: string[],
) {
  if (text === undefined) return [resolve(dataDir, 'blobs')];
  const folders = text
    .replace(/^file:/, '')
    .split(',')
    .map((one) => one.trim());
  if (!text.startsWith('file:') || folders.includes('')) {
    problems.push(
      `BLOBS_URL=${text} must be file: and a folder, such as file:/srv/aperto/blobs, or several, separated by commas.`,
    );
    return [resolve(dataDir, 'blobs')];
  }
  const roots = folders.map((folder) => resolve(cwd, folder.replace(/^\/\/(?=\/)/, '')));
  for (const [index, root] of roots.entries()) {
    const within = roots.find((other, at) => at !== index && `${root}/`.startsWith(`${other}/`));
    if (within === undefined) continue;
    problems.push(
      within === root
        ? `BLOBS_URL names the folder ${root} twice: copies of a file belong on different disks.`
        : `BLOBS_URL names ${root}, which lies in ${within}: copies of a file belong on different disks.`,
    );
    break;
  }
  return roots;
}

/** One process talks to itself; with a database of its own there may be others. */
export function readBus(
  text: string | undefined,
  databaseUrl: string | undefined,
  problems: string[],
) {
  if (text === undefined) return databaseUrl === undefined ? 'memory' : 'postgres';
  if (text === 'memory:' || text === 'postgres:') return text === 'memory:' ? 'memory' : 'postgres';
  problems.push(`BUS_URL=${text} must be memory: or postgres:.`);
  return 'memory';
}

export function readCacheUrl(text: string | undefined, problems: string[]): string | null {
  if (text === undefined || text === 'memory:') return text ?? null;
  if (/^rediss?:\/\//.test(text) && URL.canParse(text)) return text;
  problems.push(
    'CACHE_URL must be memory:, redis://host:6379 or rediss://…, with user:password@ before the host where it takes one. The value is not repeated here: it may hold a password.',
  );
  return null;
}

const MAIL_URL_TAKES =
  'MAIL_URL must be log:, smtp://user:password@host:port or smtps://… (tls=off at the end allows a password in the clear); special characters in it are percent-encoded. The value is not repeated here: it may hold a password.';

export function readMailUrl(text: string | undefined, problems: string[]): string | null {
  if (text === undefined || text === 'log:') return null;
  if (/^smtps?:\/\//.test(text) && URL.canParse(text)) {
    const { hostname, pathname, search, username, password } = new URL(text);
    const decodes = [username, password].every((part) => !/%(?![0-9a-f]{2})/i.test(part));
    const known = search === '' || search === '?tls=off';
    if (hostname !== '' && /^\/?$/.test(pathname) && known && decodes) return text;
  }
  problems.push(MAIL_URL_TAKES);
  return null;
}

export function readMailFrom(
  text: string | undefined,
  publicUrl: string | null,
  problems: string[],
) {
  const host = publicUrl === null ? 'localhost' : new URL(publicUrl).hostname;
  if (text === undefined) return `Aperto <no-reply@${host}>`;
  if (/^([^<>@\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(text)) return text;
  problems.push(
    `MAIL_FROM=${text} must be an address, such as photos@example.org or Photos <photos@example.org>.`,
  );
  return '';
}
