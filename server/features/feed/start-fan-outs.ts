import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';
import { ACTIVE_DAYS, AWAY_DAYS, daysAgo } from './days.ts';
import { addRound, tellPeople } from './fan-out-round.ts';
import { beginFanOut } from './fan-outs-store.ts';
import { pushMany } from './push-many-store.ts';
import { markGrown, someOf, trimSoon } from './trim.ts';

/** Who has no more followers than this part of a round is served in the transaction that hears of the post. */
const AT_ONCE = 1 / 5;

/** A post, and to whom it goes: the author's followers (empty), or a hashtag's. */
export interface FanOutStart {
  readonly post: PostInList;
  readonly source: string;
  /** Whether open pages are told. */
  readonly told: boolean;
  /** Some may have it already. */
  readonly careful: boolean;
  /** As counted; it need not be true. */
  readonly followers: number;
}

interface Served {
  readonly start: FanOutStart;
  readonly people: readonly PersonId[];
}

/**
 * Brings posts to followers: few at once, those of several posts together; of many everything by a job of
 * its own, in rounds. What it gives back is to be run after the commit. `mayFail`: a unique violation may
 * tell that somebody has one of them already, because the caller tries again without it.
 */
export async function startFanOuts(
  ctx: Context,
  tx: Transaction,
  starts: readonly FanOutStart[],
  { mayFail }: { readonly mayFail: boolean } = { mayFail: false },
): Promise<() => void> {
  const served: Served[] = [];
  for (const { few, part } of partsOf(ctx, starts)) {
    const careful = !mayFail || part.some((start) => start.careful);
    served.push(...(await serveFew(ctx, tx, part, { few, careful })));
  }
  const done = new Set(served.map(({ start }) => start));
  const many = starts.filter((start) => !done.has(start));
  await Promise.all(many.map((start) => startRounds(ctx, tx, start)));
  const grown = served.flatMap(({ start, people }) => someOf(ctx, start.post.post_id, people));
  await markGrown(tx, [...new Set(grown)]);
  return () => {
    for (const { start, people } of served) if (start.told) tellPeople(ctx, people, start.post);
    if (grown.length > 0) trimSoon(ctx);
  };
}

interface Part {
  readonly part: FanOutStart[];
  /** Who has more followers than this is not served at once after all. */
  readonly few: number;
}

/**
 * What is served at once, in parts that one statement pushes: of as many followers as a round has. Nobody
 * counts who follows a hashtag: there each gets its part of a round.
 */
function partsOf(ctx: Context, starts: readonly FanOutStart[]): Part[] {
  const round = ctx.config.fanOutRound;
  const few = Math.floor(round * AT_ONCE);
  const parts: Part[] = [];
  let room = 0;
  for (const start of starts) {
    if (start.source !== '' || start.followers > few) continue;
    const last = parts.at(-1);
    room -= start.followers;
    if (last && room >= 0) {
      last.part.push(start);
    } else {
      parts.push({ part: [start], few });
      room = round - start.followers;
    }
  }
  const tags = starts.filter(({ source }) => source !== '');
  const each = Math.min(few, Math.floor(round / tags.length));
  if (tags.length > 0) parts.push({ part: tags, few: each });
  return parts;
}

/** Who has more followers than counted is left out, though some of them have the post then. */
async function serveFew(
  ctx: Context,
  tx: Transaction,
  starts: readonly FanOutStart[],
  { few, careful }: { few: number; careful: boolean },
): Promise<Served[]> {
  const reached = await pushMany(tx, starts, {
    take: few + 1,
    activeSince: daysAgo(ctx, ACTIVE_DAYS),
    awayBefore: daysAgo(ctx, AWAY_DAYS),
    careful,
  });
  return starts.flatMap((start, at) => {
    const { scanned, people } = reached[at] ?? { scanned: 0, people: [] };
    return scanned <= few ? [{ start, people }] : [];
  });
}

async function startRounds(
  ctx: Context,
  tx: Transaction,
  { post, source, careful, told }: FanOutStart,
): Promise<void> {
  const activeSince = daysAgo(ctx, ACTIVE_DAYS);
  await Promise.all([
    beginFanOut(tx, post, { source, activeSince, careful, told }),
    addRound(ctx, tx, { ...post, source }, {}),
  ]);
}
