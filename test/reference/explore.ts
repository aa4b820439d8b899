/** Many small worlds, several stages side by side, until so many commands are done. */
import fc from 'fast-check';
import { commands } from './commands.ts';
import type { Outside } from './process.ts';
import { Stage } from './stage.ts';
import { newTally, settle, type Tally } from './work.ts';
import { World } from './world.ts';

const COMMANDS_A_WORLD_MAX = 400;
/** Worlds of one seed, so that a report says little more than what is needed to see it again. */
const WORLDS_A_SEED = 2;
/** No longer than this takes a seed, and the search for a shorter list of commands when one fails. */
const SHRINK_MS = 120_000;

export interface Exploring {
  /** At least so many are done. */
  readonly commands: number;
  /** The first of the seeds: the same one does the same again. */
  readonly seed: number;
  /** Stages side by side: while one waits for its database, another has its turn. */
  readonly lanes: number;
}

export type Explored = Tally & Outside & { worlds: number };

/** Throws at the first difference, with the shortest list of commands found that shows it, and its seed. */
export async function exploreFeeds(
  { commands: wanted, seed, lanes }: Exploring,
  onProgress: (sofar: Explored) => void = () => {},
): Promise<Explored> {
  const tally: Explored = { ...newTally(), worlds: 0, pages: 0, fast: 0 };
  let stopped = false;
  const round = async (own: number) => {
    const stage = await Stage.open(own);
    try {
      const run = async (size: number, list: Iterable<fc.AsyncCommand<object, World>>) => {
        const world = await World.open(stage, size);
        await fc.asyncModelRun(() => ({ model: {}, real: world }), list);
        await settle(world, size, tally);
        tally.worlds += 1;
      };
      const size = fc.integer({ min: 5, max: 12 });
      const report = await fc.check(
        fc.asyncProperty(size, commands(COMMANDS_A_WORLD_MAX, tally), run),
        {
          seed: own,
          numRuns: WORLDS_A_SEED,
          includeErrorInReport: true,
          interruptAfterTimeLimit: SHRINK_MS,
        },
      );
      // Out of time before the first failure is none.
      if (report.counterexample === null) return;
      stopped = true;
      const settings = JSON.stringify(stage.settings);
      throw new Error(`${settings}\n${await fc.asyncDefaultReportMessage(report)}`);
    } finally {
      tally.pages += stage.outside.pages;
      tally.fast += stage.outside.fast;
      await stage.close();
    }
  };
  const lane = async (first: number) => {
    for (let nr = 0; !stopped && tally.commands < wanted; nr += 1) {
      await round((seed + first + nr * lanes) % 2 ** 31);
      onProgress(tally);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, (_, first) => lane(first)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return tally;
}
