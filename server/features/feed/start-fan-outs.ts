import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { PostInList } from '../posts/store.ts';
import { ACTIVE_DAYS, AWAY_DAYS, daysAgo } from './days.ts';
import { addRound, tellPeople } from './fan-out-round.ts';
import { beginFanOut } from './fan-outs-store.ts';
import { pushMany, pushOfFew, type Reach } from './push-many-store.ts';
import { markGrown, someOf, trimSoon } from './trim.ts';

/** Who has no more followers than this part of a round is served in the transaction that hears of the post. */
const AT_ONCE = 1 / 10;

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

/** A post that all who are to have it have now. */
export interface Served {
  readonly post: PostInList;
  readonly told: boolean;
  readonly people: readonly PersonId[];
}

/** How what is new in feeds gets there. */
export interface Manner {
  /** A unique violation may tell that somebody has a post already: the caller tries again without it. */
  readonly mayFail: boolean;
}

/**
 * Brings posts, each with whether open pages are told, to their authors and to the followers of those who
 * are pushed and have few, in one statement. What is not in the answer is yet to be decided.
 */
export async function serveOfFew(
  ctx: Context,
  tx: Transaction,
  comings: readonly Pick<FanOutStart, 'post' | 'told' | 'careful'>[],
  { mayFail }: Manner,
): Promise<Served[]> {
  const { fanOutRound, fanOutPullFrom } = ctx.config;
  // All of them together no more than a round, and nobody who has crossed the threshold.
  const most = Math.floor(Math.min(fanOutRound * AT_ONCE, fanOutRound / comings.length));
  const few = Math.min(most, fanOutPullFrom - 1);
  const reached = await pushOfFew(
    tx,
    comings.map(({ post }) => post),
    reachOf(ctx, few, !mayFail || comings.some(({ careful }) => careful)),
  );
  return comings.flatMap(({ post, told }, at) => {
    const found = reached[at];
    return found && found.scanned < few ? [{ post, told, people: found.people }] : [];
  });
}

const reachOf = (ctx: Context, take: number, careful: boolean): Reach => ({
  take,
  activeSince: daysAgo(ctx, ACTIVE_DAYS),
  awayBefore: daysAgo(ctx, AWAY_DAYS),
  careful,
});

/**
 * Brings posts to followers: few at once, those of several posts together; of many everything by a job of
 * its own, in rounds. What it gives back is to be run after the commit, also for who is `served` already.
 */
export async function startFanOuts(
  ctx: Context,
  tx: Transaction,
  starts: readonly FanOutStart[],
  already: readonly Served[] = [],
): Promise<() => void> {
  const served = [...already];
  const done = new Set<FanOutStart>();
  for (const { few, part } of partsOf(ctx, starts)) {
    for (const { start, people } of await serveFew(ctx, tx, part, few)) {
      done.add(start);
      served.push({ post: start.post, told: start.told, people });
    }
  }
  const many = starts.filter((start) => !done.has(start));
  await Promise.all(many.map((start) => startRounds(ctx, tx, start)));
  const grown = served.flatMap(({ post, people }) => someOf(ctx, post.post_id, people));
  await markGrown(tx, [...new Set(grown)]);
  return () => {
    for (const { post, told, people } of served) if (told) tellPeople(ctx, people, post);
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
  few: number,
) {
  const reached = await pushMany(tx, starts, reachOf(ctx, few + 1, true));
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
