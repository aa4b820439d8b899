import { PART_BYTES } from '../../../api/limits.ts';
import type { UploadState } from '../../../api/media.ts';

/** A piece of a large file. */
export interface Part {
  /** From 1. */
  readonly number: number;
  /** Where it begins and how long it is, in bytes. */
  readonly at: number;
  readonly size: number;
  readonly checksum: string;
}

/** The server, as far as one upload in parts needs it. */
export interface PartsLine {
  /** What has arrived. */
  look(): Promise<UploadState>;
  /** Brings one part; `sent` hears how many of its bytes have gone. */
  put(part: Part, sent: (bytes: number) => void): Promise<void>;
  complete(): Promise<UploadState>;
}

/** Who wants to know how far it is. */
export interface PartsListener {
  /** Numbers of the parts that the server has. */
  arrived(numbers: readonly number[]): Promise<unknown>;
  /** Bytes that have arrived or are on the way. */
  moved(bytes: number): void;
}

/** Parts that go at the same time, so that the line is full while one waits for its answer. */
const LANES = 2;

/** The parts of a file of `size` bytes, by the checksums of each. */
export function partsOf(size: number, checksums: readonly string[]): Part[] {
  return checksums.map((checksum, index) => {
    const at = index * PART_BYTES;
    return { number: index + 1, at, size: Math.min(PART_BYTES, size - at), checksum };
  });
}

/** Bytes of those parts of a file that have arrived. */
export function bytesOfParts(size: number, arrived: readonly number[]): number {
  return arrived.reduce((sum, number) => {
    return sum + Math.max(0, Math.min(PART_BYTES, size - (number - 1) * PART_BYTES));
  }, 0);
}

/**
 * Brings what is missing of a file, and has the file made of it. The server is asked first what it has:
 * an answer may have been lost, with the page or with the connection, so nothing is sent that is there
 * already. Throws the first error of a part, when the others that were on the way have ended.
 */
export async function sendParts(
  parts: readonly Part[],
  line: PartsLine,
  listener: PartsListener,
): Promise<void> {
  const state = await line.look();
  if (state.complete) return;
  const there = new Map(state.arrived.map((part) => [part.number, part.checksum_sha256]));
  const here = new Set<number>();
  for (const { number, checksum } of parts) if (there.get(number) === checksum) here.add(number);
  await listener.arrived([...here]);
  await sendMissing(parts, here, line, listener);
  await line.complete();
}

async function sendMissing(
  parts: readonly Part[],
  here: Set<number>,
  line: PartsLine,
  listener: PartsListener,
): Promise<void> {
  const going = new Map<number, number>();
  const tell = () => {
    const arrived = parts.reduce((sum, { number, size }) => sum + (here.has(number) ? size : 0), 0);
    listener.moved([...going.values()].reduce((sum, bytes) => sum + bytes, arrived));
  };
  const missing = parts.filter(({ number }) => !here.has(number)).values();
  let failed: { readonly error: unknown } | null = null;
  const send = async (part: Part) => {
    try {
      await line.put(part, (bytes) => {
        going.set(part.number, Math.min(bytes, part.size));
        tell();
      });
      here.add(part.number);
      going.delete(part.number);
      await listener.arrived([...here]);
    } catch (error) {
      failed ??= { error };
    } finally {
      going.delete(part.number);
      tell();
    }
  };
  const runLane = async () => {
    for (const part of missing) {
      if (failed) return;
      await send(part);
    }
  };
  tell();
  await Promise.all(Array.from({ length: LANES }, runLane));
  if (failed) throw (failed as { readonly error: unknown }).error;
}
