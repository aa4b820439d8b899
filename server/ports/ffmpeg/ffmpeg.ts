/** What a video may be coded in, by ffmpeg's names of its decoders' codecs. */
export const VIDEO_CODECS = ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'gif'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** What one run may take. It is ended when it takes more. */
export interface RunLimits {
  /** Of wall time. */
  readonly timeoutMs: number;
  /** Of each file that it writes. */
  readonly fileBytes: number;
  /** Of memory; `MEMORY_BYTES` unless told. */
  readonly memoryBytes?: number;
}

export interface Run {
  /** A work folder (see `inFolder`). Arguments name files in it, without a path. */
  readonly folder: string;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
  /** Hears how many seconds of the output are written, at most once a second. */
  readonly onProgress?: (seconds: number) => void;
}

/** Reads and writes video in a process of its own: the machine's ffmpeg, or one in WebAssembly. */
export interface Ffmpeg {
  readonly kind: 'machine' | 'wasm';
  /** Such as 5.1.9. */
  readonly version: string;
  readonly decodes: ReadonlySet<VideoCodec>;
  /** Whether there are the filters that bring HDR into the range of ordinary screens. */
  readonly toneMaps: boolean;
  /**
   * Runs ffmpeg with these arguments, one run at a time: others wait. It has no network, reads no playlist, and
   * reaches the files of its folder only. Throws `FfmpegFailed`, or the signal's reason.
   */
  run(args: readonly string[], run: Run): Promise<void>;
  /** Gives `work` an empty folder on a disk, and removes it however that ends. */
  inFolder<T>(work: (folder: string) => Promise<T>): Promise<T>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** 4K with ten bits fits; address space on the machine, of which a third is in use. */
export const MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * Why a run failed. `refused`: it said no, so the file is at fault. `crashed`: a fault in it that the file
 * brought out. `timeout`, `memory`, `too_large`: a limit was met. `killed`: somebody else ended it.
 */
export type Failure = 'refused' | 'crashed' | 'timeout' | 'memory' | 'too_large' | 'killed';

/** It ends as if all were well when the memory for a frame is not there. */
export const OUT_OF_MEMORY =
  /Cannot allocate memory|Out of memory|std::bad_alloc|no more memory|\bOOM\b/i;

export class FfmpegFailed extends Error {
  readonly failure: Failure;

  /** `said`: the end of what it wrote to stderr. */
  constructor(failure: Failure, said: string) {
    super(`ffmpeg ${failure}: ${said.trim().split('\n').slice(-3).join(' | ').slice(0, 500)}`);
    this.name = 'FfmpegFailed';
    this.failure = failure;
  }
}
