import type { ErrorCode, ErrorDetails } from '../../../api/errors.ts';

/** To the child. Bytes that it asked for come over a pipe of their own, exactly as many. */
export type ToChild =
  | {
      readonly type: 'run';
      readonly module: string;
      readonly name: string;
      readonly input: unknown;
      /** Bytes */
      readonly size: number;
      /** It shall tell its memory so often; 0: never. */
      readonly reportMs: number;
    }
  | { readonly type: 'granted' };

/** From the child. `files`: the lengths of what it wrote into the pipe before. */
export type FromChild =
  | { readonly type: 'ready' }
  | { readonly type: 'memory'; readonly bytes: number }
  | { readonly type: 'read'; readonly start: number; readonly end: number }
  | { readonly type: 'claim'; readonly bytes: number }
  | { readonly type: 'done'; readonly value: unknown; readonly files: readonly number[] }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly stack: string | undefined;
      readonly problem: {
        readonly code: ErrorCode;
        readonly details: ErrorDetails | undefined;
      } | null;
    };

/** The pipe's number in the child: behind the three of every process and the channel of messages. */
export const PIPE_FD = 4;
