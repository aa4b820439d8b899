import type { Logger } from 'pino';
import type { Clock } from '../../kernel/clock.ts';
import { isFull } from './file-errors.ts';
import type { Root } from './root.ts';
import type { RootSet } from './root-set.ts';
import { openTombstones, type Tombstones } from './tombstones.ts';
import { createTurns, type Turns } from './turns.ts';

/** What the parts of a file store share. */
export interface Store {
  readonly set: RootSet;
  /** `key …` and `content …`, always asked for in this order, and a content never while one is held. */
  readonly turns: Turns;
  readonly tombstones: Tombstones;
  readonly clock: Clock;
  readonly log: Logger;
  /** To be told of an error while writing. Says whether another root may do better. */
  noteFailure(root: Root, error: unknown): Promise<boolean>;
}

export async function openStore(set: RootSet, clock: Clock, log: Logger): Promise<Store> {
  return {
    set,
    turns: createTurns(),
    tombstones: await openTombstones(set),
    clock,
    log,
    async noteFailure(root, error) {
      if (isFull(error)) log.error({ root: root.path }, 'no space left for files');
      return isFull(error) || (await set.noteTrouble(root, error));
    },
  };
}
