/** Many small worlds, several at once on one database, until so many commands are done. */
import fc from 'fast-check';
import type { Context } from '../../server/context.ts';
import { commands, lookAtAll, type Tally } from './commands.ts';
import { House } from './house.ts';
import { World } from './world.ts';

const COMMANDS_A_WORLD_MAX = 300;
/** Worlds of one seed, so that a report says little more than what is needed to see it again. */
const WORLDS_A_SEED = 4;

export interface Exploring {
  /** At least so many deeds are done. */
  readonly commands: number;
  /** The first of the seeds: the same one does the same again. */
  readonly seed: number;
  /** Worlds at once. Each is by itself: what one does none of the others may see. */
  readonly lanes: number;
}

export interface Explored {
  /** Deeds, looks left out. */
  commands: number;
  /** What was held against the model beside the answers: a person, a post, all of one's own. */
  looks: number;
  worlds: number;
}

/**
 * Throws at the first difference, with the shortest list of commands found that shows it, and the seed
 * that finds it again in one lane.
 */
export async function explore(
  ctx: Context,
  { commands: wanted, seed, lanes }: Exploring,
  onProgress: (sofar: Explored) => void = () => {},
): Promise<Explored> {
  const tally: Tally = { deeds: 0, looks: 0 };
  let worlds = 0;
  let stopped = false;
  const sofar = (): Explored => ({ commands: tally.deeds, looks: tally.looks, worlds });
  const property = fc.asyncProperty(commands(COMMANDS_A_WORLD_MAX, tally), async (list) => {
    const world = new World();
    const house = await House.open(ctx);
    await fc.asyncModelRun(() => ({ model: world, real: house }), list);
    await lookAtAll(world, house, tally);
    worlds += 1;
  });
  const lane = async (first: number) => {
    for (let round = 0; !stopped && tally.deeds < wanted; round += 1) {
      const own = (seed + first + round * lanes) % 2 ** 31;
      const report = await fc.check(property, {
        seed: own,
        numRuns: WORLDS_A_SEED,
        includeErrorInReport: true,
      });
      if (report.failed) {
        stopped = true;
        throw new Error(await fc.asyncDefaultReportMessage(report));
      }
      onProgress(sofar());
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, (_, first) => lane(first)));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return sofar();
}
