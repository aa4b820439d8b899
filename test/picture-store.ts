import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../server/kernel/clock.ts';
import type { Blobs } from '../server/ports/blobs/blobs.ts';
import { openFileBlobs } from '../server/ports/blobs/file.ts';
import { openForkedSandbox } from '../server/ports/sandbox/forked.ts';
import type { Sandbox } from '../server/ports/sandbox/sandbox.ts';

/** All that rendering a picture takes: a store in a folder of its own, and children that decode. */
export interface PictureStore {
  /** Its folder. */
  readonly root: string;
  readonly blobs: Blobs;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

export async function openPictureStore(): Promise<PictureStore> {
  const root = await mkdtemp(join(tmpdir(), 'aperto-pictures-'));
  const log = pino({ level: 'silent' });
  const secret = new Uint8Array(32);
  const sandbox = openForkedSandbox({ log });
  const blobs = await openFileBlobs({
    roots: [root],
    secret,
    clock: systemClock,
    log,
    publicPath: '/uploads',
  });
  return {
    root,
    blobs,
    sandbox,
    async close() {
      await sandbox.close();
      await rm(root, { recursive: true });
    },
  };
}
