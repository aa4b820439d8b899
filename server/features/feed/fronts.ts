import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { Together } from '../../kernel/together.ts';
import type { PostInList } from '../posts/store.ts';
import { readDays } from './days.ts';
import { type Front, type FrontAsked, readFrontsWithFacts } from './fronts-store.ts';
import { NOTHING_COMPLETE } from './homes-store.ts';
import { mergeNear, readSkeleton } from './skeleton.ts';

/** Readers of one statement. */
const READERS_MAX = 32;
const PATIENCE_MS = 5;

interface Asked extends FrontAsked {
  readonly take: number;
}

const fronts = perContext(
  (ctx) =>
    new Together<Asked, Front | null>({
      max: READERS_MAX,
      patienceMs: PATIENCE_MS,
      load: (asked) => load(ctx, asked),
    }),
);

async function load(ctx: Context, asked: readonly Asked[]): Promise<(Front | null)[]> {
  if ((await ctx.db.flavour()) === 'citus') return asked.map(() => null);
  const [first] = asked;
  const { today } = readDays(ctx);
  if (first && asked.every(({ take }) => take === first.take)) {
    const found = await readFrontsWithFacts(ctx.db, asked, first.take);
    return found.map((front) => readable(front, today));
  }
  const found = new Map<Asked, Front | null>();
  await Promise.all(
    [...Map.groupBy(asked, ({ take }) => take)].map(async ([take, some]) => {
      const read = await readFrontsWithFacts(ctx.db, some, take);
      for (const [n, one] of some.entries()) found.set(one, readable(read[n] ?? null, today));
    }),
  );
  return asked.map((one) => found.get(one) ?? null);
}

/** Null where more than reading is to be done first: see `openHomes`. */
function readable(front: Front | null, today: string): Front | null {
  if (front === null || front.home.lastReadOn !== today) return null;
  return front.home.completeFrom === NOTHING_COMPLETE ? null : front;
}

/** Some of a feed before anything is judged, and what is known of its reader; null: that is to be asked. */
export interface Stretch {
  readonly refs: readonly PostInList[];
  readonly front: Front | null;
}

/**
 * As `readSkeleton`, where nothing of the reader is near: in most cases one statement, which all who read in
 * the same moment share, gives the ids and all that is asked about the reader.
 */
export async function readStretch(
  ctx: Context,
  personId: PersonId,
  take: number,
  before: PostId | null,
): Promise<Stretch> {
  if (!ctx.config.nearViewers) {
    const front = await fronts(ctx).ask({ personId, take, before });
    const refs = front && mergeNear(ctx, personId, front.home, take, before);
    if (refs) return { refs, front };
  }
  return { refs: await readSkeleton(ctx, personId, take, before), front: null };
}
