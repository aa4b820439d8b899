/** Many small worlds, several stages side by side, until so many commands are done. */
import fc from 'fast-check';
import { commands, settle, type Tally } from './commands.ts';
import { Stage } from './stage.ts';
import { World } from './world.ts';

const COMMANDS_A_WORLD_MAX = 400;
/** Worlds of one seed, so that a report says little more than what is needed to see it again. */
const WORLDS_A_SEED = 2;
/** No longer than this is a shorter list of commands looked for. */
const SHRINK_MS = 60_000;

export interface Exploring {
  /** At least so many are done. */
  readonly commands: number;
  /** The first of the seeds: the same one does the same again. */
  readonly seed: number;
  /** Stages side by side: while one waits for its database, another has its turn. */
  readonly lanes: number;
}

export type Explored = Tally & { worlds: number };

/** Throws at the first difference, with the shortest list of commands found that shows it, and its seed. */
export async function exploreFeeds(
  { commands: wanted, seed, lanes }: Exploring,
  onProgress: (sofar: Explored) => void = () => {},
): Promise<Explored> {
  const tally: Explored = { commands: 0, looks: 0, feeds: 0, kills: 0, restarts: 0, worlds: 0 };
  let stopped = false;
  const lane = async (first: number) => {
    const stage = await Stage.open();
    try {
      const size = fc.integer({ min: 5, max: 12 });
      const property = fc.asyncProperty(
        size,
        commands(COMMANDS_A_WORLD_MAX, tally),
        async (people, list) => {
          const world = await World.open(stage, people);
          await fc.asyncModelRun(() => ({ model: {}, real: world }), list);
          await settle(world, people, tally);
          tally.worlds += 1;
        },
      );
      for (let round = 0; !stopped && tally.commands < wanted; round += 1) {
        const report = await fc.check(property, {
          seed: (seed + first + round * lanes) % 2 ** 31,
          numRuns: WORLDS_A_SEED,
          includeErrorInReport: true,
          interruptAfterTimeLimit: SHRINK_MS,
        });
        if (report.failed) {
          stopped = true;
          throw new Error(await fc.asyncDefaultReportMessage(report));
        }
        onProgress(tally);
      }
    } finally {
      await stage.close();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, (_, first) => lane(first)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return tally;
}
