import type { PersonId, PostId } from '../api/ids.ts';
import { type Pushed, pushRound } from '../server/features/feed/rounds-store.ts';
import { costing } from './cpu.ts';
import type { Stage } from './stage.ts';

/** What one row costs by part: rounds of whom nobody has read lately enough, and of whom all have. */
export async function printParts(
  { ctx, postmaster }: Stage,
  { author, rows, times }: { author: PersonId; rows: number; times: number },
): Promise<void> {
  const round = (activeSince: string): Promise<Pushed> =>
    ctx.db.transaction((tx) =>
      pushRound(tx, {
        post: {
          post_id: ctx.ids.next<PostId>(),
          author_id: author,
          repost_of: null,
          repost_author_id: null,
        },
        source: '',
        turn: 'active',
        careful: false,
        activeSince,
        awayBefore: '2000-01-01',
        after: '0',
        take: rows + 1,
      }),
    );
  const perRow = async (activeSince: string, pushed: number) => {
    const costs = await costing(postmaster, async () => {
      for (let n = 0; n < times; n += 1) {
        const { people } = await round(activeSince);
        if (people.length !== pushed) throw new Error(`${people.length} instead of ${pushed}`);
      }
    });
    const each = (micros: number) => micros / times / rows;
    return { node: each(costs.nodeMicros), database: each(costs.postgresMicros) };
  };
  const look = await perRow('9999-12-31', 0);
  const whole = await perRow('2000-01-01', rows);
  console.log(
    `of which a round alone: node ${whole.node.toFixed(2)} µs, database ${whole.database.toFixed(2)} µs a row; ` +
      `to find who gets it: node ${look.node.toFixed(2)} µs, database ${look.database.toFixed(2)} µs`,
  );
}
