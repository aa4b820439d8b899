import type { Logger } from 'pino';
import type { Clock } from '../../kernel/clock.ts';
import { Problem } from '../../kernel/problem.ts';
import type { BlobKey, Blobs } from './blobs.ts';
import { shortage } from './file-errors.ts';
import { demandBlobKey, sha256 } from './keys.ts';
import { completeParts, listParts, removeParts, sweepParts, takePart } from './parts.ts';
import { placeFile } from './place.ts';
import { readFile, statFile, streamFile } from './reading.ts';
import { finishRemovals, removeKey } from './remove.ts';
import { bytesOf, demandHeaders } from './request-body.ts';
import { openRootSet } from './root-set.ts';
import { DRAFT_KEPT_MS, scrubBucket } from './scrub.ts';
import { createAddressSigner } from './signed-address.ts';
import { openStore, type Store } from './store.ts';
import { createSurvey } from './survey.ts';
import { takeIn } from './take-in.ts';
import { walkKeys } from './walk.ts';

export interface FileBlobsOptions {
  /** Folders, made when they are not there; best each on a disk of its own. */
  readonly roots: readonly string[];
  /** How many of them hold each file before it is acknowledged; 1 by default. */
  readonly copies?: number;
  /** Signs upload addresses. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where `receive` is bound: `/uploads`. */
  readonly publicPath: string;
}

/** Blobs in local folders: a key is a path, in as many of the folders as there should be copies. */
export async function openFileBlobs(options: FileBlobsOptions): Promise<Blobs> {
  const { clock, log, roots, copies = 1 } = options;
  const set = await openRootSet({ roots, copies, clock, log });
  const store = await openStore(set, clock, log);
  set.onReturn = async (root) => {
    await finishRemovals(store, root);
  };
  await tidyUp(store);
  const addresses = createAddressSigner(options.secret, options.publicPath);
  const survey = createSurvey(store);
  const demanded = (key: BlobKey) => {
    demandBlobKey(key);
    return key;
  };

  return {
    signUpload: (terms) => addresses.sign({ takes: 'file', ...terms }, clock.now()),
    signPart: (terms) => addresses.sign({ takes: 'part', ...terms }, clock.now()),

    async write(key, bytes) {
      demandBlobKey(key);
      await placeFile(store, {
        key,
        hash: sha256(bytes),
        size: bytes.length,
        supply: (file) => file.writeFile(bytes),
      });
    },

    stat: async (key) => statFile(store, demanded(key)),
    read: async (key, range) => readFile(store, demanded(key), range),
    stream: async (key, range) => streamFile(store, demanded(key), range),
    remove: async (key) => removeKey(store, demanded(key)),
    copiesOf: (keys) => survey.copiesOf(keys.map(demanded)),
    roots: (options) => survey.roots(options),
    scrub: (bucket, signal) => scrubBucket(store, bucket, signal),

    async keys(after, limit) {
      const keys: BlobKey[] = [];
      if (limit < 1) return keys;
      for await (const key of walkKeys(store, { after })) {
        keys.push(key);
        if (keys.length >= limit) break;
      }
      return keys;
    },

    async receive({ url, headers, body, signal }) {
      const terms = addresses.verify(url, clock.now());
      const { contentType } = terms;
      const announced =
        terms.takes === 'file'
          ? terms
          : { contentType, size: terms.partSize, checksumSha256: terms.partChecksumSha256 };
      demandHeaders(announced, headers);
      const chunks = bytesOf(body, signal);
      if (terms.takes === 'file') await takeIn(store, terms.key, announced, chunks);
      else await takePart(store, terms, announced, chunks);
    },

    listParts: (key) => listParts(store, key),
    completeParts: (terms, signal) => completeParts(store, terms, signal),
    removeParts: (key) => removeParts(store, key),
    check: () => checkRoots(store),
  };
}

/** What crashes have left. */
async function tidyUp(store: Store): Promise<void> {
  const { set, clock, log } = store;
  let swept = 0;
  for (const root of set.available()) {
    swept += await root.sweepDrafts(new Date(clock.millis() - DRAFT_KEPT_MS));
    await sweepParts(store, root, null);
  }
  if (swept > 0) log.info({ swept }, 'removed temporary files that a crash had left');
  await finishRemovals(store, null);
}

/** Rejects when a file could not be kept in as many roots as it should. */
async function checkRoots(store: Store): Promise<void> {
  const { set } = store;
  await set.refresh();
  const reasons: unknown[] = [];
  let good = 0;
  for (const root of set.available()) {
    try {
      await root.check();
      good += 1;
    } catch (error) {
      if (!(await store.noteFailure(root, error))) throw error;
      reasons.push(error);
    }
  }
  if (good < set.copies) throw reasons.length > 0 ? shortage(reasons) : unavailable();
}

const unavailable = () => new Problem('storage_unavailable');
