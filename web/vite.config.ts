import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { shellList } from './shell-list.ts';

const root = import.meta.dirname;
const serviceWorker = join(root, 'service-worker.ts');

/**
 * What any page may use; each part goes into the first file when two pages or more do. Not what plays
 * videos: that comes with the first of them.
 */
const SHARED =
  /\/web\/(?:ui\/(?!video\/)|strings|data\/(?!uploads\/))|\/node_modules\/(?:@?preact|lucide|thumbhash)\//;

export default defineConfig({
  root,
  plugins: [shellList()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(root, '../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages allows scripts of this origin only: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        app: join(root, 'index.html'),
        ...(existsSync(serviceWorker) ? { 'service-worker': serviceWorker } : {}),
      },
      output: {
        // A service worker must keep its address from build to build.
        entryFileNames: (chunk) =>
          chunk.name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What most pages need comes in one file: many small ones cost more than they spare.
        codeSplitting: {
          groups: [
            { name: 'shared', test: SHARED, minShareCount: 2 },
            { name: 'posts', test: /\/web\/pages\/post\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
