import { LRUCache } from 'lru-cache';
import { type BlobKey, BlobMissing, type Blobs } from '../../ports/blobs/blobs.ts';

/** Pictures, playlists and captions fit; films are streamed. */
export const HOT_FILE_MAX = 1_000_000;
const HOT_BYTES_MAX = 64_000_000;
/** What an entry takes beside its bytes: its key, its head, objects. */
const ENTRY_BYTES = 3000;
/** So many files are read into memory at once; what comes beyond them is streamed. */
const FLIGHTS_MAX = 64;

/** Answers from memory that have not left for the kernel yet; beyond this, files are streamed. */
const UNSENT_MAX = 64_000_000;

/** A small file, whole in memory. */
export interface HotFile {
  bytes: Buffer;
  /** The whole answer to whoever may have it, as long as everyone may (see fast-lane.ts). */
  answer: { readonly bytes: Buffer; readonly dateAt: number; second: number } | null;
  /** Until when, by the clock, it is known to be for everyone; and as of which `epoch`. */
  openUntil: number;
  openEpoch: number;
}

export interface Found {
  /** Bytes */
  readonly size: number;
  /** null: to be streamed from the store. */
  readonly file: HotFile | null;
}

interface Flight {
  readonly landed: Promise<Found | null>;
  isKept: boolean;
}

/**
 * Small files that are asked for again and again, by key: the least recently used leave when it is full.
 * Says nothing of who may have them: that is asked before, each time.
 */
export class HotFiles {
  readonly #blobs: Blobs;
  readonly #files: LRUCache<BlobKey, HotFile>;
  readonly #flights = new Map<BlobKey, Flight>();
  /** Counts the times at which something may have been closed. */
  epoch = 0;
  /** Bytes of answers that somebody has not taken yet: they stay in memory, whatever leaves it here. */
  unsent = 0;

  constructor(blobs: Blobs, bytesMax = HOT_BYTES_MAX) {
    this.#blobs = blobs;
    this.#files = new LRUCache({
      maxSize: bytesMax,
      sizeCalculation: ({ bytes }) => bytes.length + ENTRY_BYTES,
    });
  }

  /** Too much of what was answered from memory waits for slow readers. */
  get isBehind(): boolean {
    return this.unsent > UNSENT_MAX;
  }

  /** What is in memory. */
  peek(key: BlobKey): HotFile | undefined {
    return this.#files.get(key);
  }

  /** The file, from memory, or read once for all who ask meanwhile; null when there is none. */
  async find(key: BlobKey): Promise<Found | null> {
    const file = this.#files.get(key);
    if (file) return { size: file.bytes.length, file };
    const running = this.#flights.get(key);
    if (running) return running.landed;
    if (this.#flights.size >= FLIGHTS_MAX) return this.#measure(key);
    const flight: Flight = {
      landed: this.#read(key, () => flight.isKept).finally(() => this.#flights.delete(key)),
      isKept: true,
    };
    this.#flights.set(key, flight);
    return flight.landed;
  }

  async #measure(key: BlobKey): Promise<Found | null> {
    const stat = await this.#blobs.stat(key);
    return stat && { size: stat.size, file: null };
  }

  async #read(key: BlobKey, isKept: () => boolean): Promise<Found | null> {
    const found = await this.#measure(key);
    if (!found || found.size > HOT_FILE_MAX) return found;
    try {
      const bytes = await this.#blobs.read(key);
      const file: HotFile = { bytes, answer: null, openUntil: 0, openEpoch: -1 };
      if (isKept()) this.#files.set(key, file);
      return { size: bytes.length, file };
    } catch (error) {
      // Removed since we looked.
      if (error instanceof BlobMissing) return null;
      throw error;
    }
  }

  /** Lets go of all files in the folder of a post or person, those that are being read, too. */
  forget(id: string): void {
    this.epoch += 1;
    const isIn = (key: BlobKey) => key.includes(`/${id}/`);
    for (const key of [...this.#files.keys()]) if (isIn(key)) this.#files.delete(key);
    for (const [key, flight] of this.#flights) if (isIn(key)) flight.isKept = false;
  }
}
