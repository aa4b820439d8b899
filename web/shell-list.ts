import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** What works without a connection: the feed that was seen last, and writing a post that goes later. */
const PAGES = [
  'pages/home/page.tsx',
  'pages/compose/page.tsx',
  'data/uploads/in-feed.tsx',
  'data/uploads/cards.tsx',
];
/** Beside what those import: the worker that hashes files. */
const MORE = /^assets\/hash-worker-.*\.js$/;
const WORKER = 'service-worker.js';

/**
 * Writes into the service worker what the shell consists of (the document, the entry, the pages
 * above, with all that they import and their styles) and a name that changes with any file.
 */
export function shellList(): Plugin {
  return {
    name: 'aperto-shell-list',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== 'chunk') return;
      const shell = new Set<string>(['/', '/icon.svg', '/manifest.webmanifest']);
      const seen = new Set<string>();
      const take = (file: string): void => {
        const chunk = bundle[file];
        if (seen.has(file) || chunk?.type !== 'chunk') return;
        seen.add(file);
        shell.add(`/${file}`);
        for (const style of chunk.viteMetadata?.importedCss ?? []) shell.add(`/${style}`);
        for (const other of chunk.imports) take(other);
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || chunk === worker) continue;
        const page = PAGES.some((path) => chunk.facadeModuleId?.endsWith(path));
        if (chunk.isEntry || page) take(chunk.fileName);
      }
      for (const file of Object.keys(bundle)) if (MORE.test(file)) shell.add(`/${file}`);
      const names = Object.keys(bundle).sort().join('\n');
      const document = bundle['index.html'];
      const content = document?.type === 'asset' ? String(document.source) : '';
      const build = createHash('sha256').update(names).update(content).digest('hex').slice(0, 12);
      worker.code = worker.code
        .replaceAll('__BUILD__', JSON.stringify(build))
        .replaceAll('__SHELL__', JSON.stringify([...shell].sort()));
    },
  };
}
