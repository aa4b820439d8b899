import type { PersonId } from '../api/ids.ts';
import type { Context } from '../server/context.ts';
import { homeFeed } from '../server/features/feed/home.ts';
import { insertMany } from '../server/ports/db/insert-many.ts';
import { addFollows, addPeople, addPosts } from './people.ts';
import { count, fixed, printTable } from './table.ts';

const POSTS = 50;
const LIMIT = 20;
const TURNS = 20;

/**
 * The same page for someone who follows 50, 500 and 5,000 people, one read at a time: what a read must not
 * grow with. CPU is that of this process, which runs the feature without HTTP.
 */
export async function growth(ctx: Context, seconds: number): Promise<void> {
  const authors = await addPeople(ctx, 5000);
  const posts = await addPosts(ctx, authors.slice(0, POSTS));
  const readers: { reader: PersonId; followees: number; rounds: Round[] }[] = [];
  for (const followees of [50, 500, 5000]) {
    const [reader] = (await addPeople(ctx, 1)) as [PersonId];
    const follows = authors.slice(0, followees).map((followee) => ({ follower: reader, followee }));
    await addFollows(ctx, follows);
    await insertMany(ctx.db, {
      table: 'feed_entries',
      columns: { person_id: 'int8', post_id: 'int8', author_id: 'int8' },
      key: ['person_id', 'post_id'],
      rows: posts.map(({ postId, authorId }) => ({
        person_id: reader,
        post_id: postId,
        author_id: authorId,
      })),
    });
    readers.push({ reader, followees, rounds: [] });
  }
  await ctx.db.script('analyze');
  for (const { reader } of readers) await readFor(ctx, reader, 0.3);
  // Short turns, so that what else the machine does hits all alike.
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { reader, rounds } of readers) {
      rounds.push(await readFor(ctx, reader, seconds / TURNS));
    }
  }
  console.log('\nThe same page by how many people the reader follows, one read at a time:');
  printTable(
    ['followed', 'reads', 'node µs', 'ms a read'],
    readers.map(({ followees, rounds }) => {
      const reads = rounds.reduce((sum, one) => sum + one.reads, 0);
      const mean = (value: (one: Round) => number) =>
        rounds.reduce((sum, one) => sum + value(one), 0) / reads;
      return [
        count(followees),
        count(reads),
        fixed(mean((one) => one.micros)),
        fixed(
          mean((one) => one.ms),
          2,
        ),
      ];
    }),
  );
}

interface Round {
  readonly reads: number;
  readonly micros: number;
  readonly ms: number;
}

async function readFor(ctx: Context, reader: PersonId, seconds: number): Promise<Round> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let reads = 0;
  while (performance.now() - start < seconds * 1000) {
    const { items } = await homeFeed(ctx, reader, LIMIT, null);
    if (items.length !== LIMIT) throw new Error(`${items.length} posts instead of ${LIMIT}`);
    reads += 1;
  }
  const used = process.cpuUsage(cpu);
  return { reads, micros: used.user + used.system, ms: performance.now() - start };
}
