import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../kernel/events.ts';
import { awaitedBy } from '../../kernel/events.ts';
import { composeId } from '../../kernel/ids.ts';
import type { Transaction } from '../../ports/db/db.ts';
import type { JobPayload } from '../../ports/jobs/jobs.ts';
import { followerBatch, followersSince } from '../graph/store.ts';
import { lockCounts, readCounts } from '../people/store.ts';
import { listPostsByAuthor } from '../posts/store.ts';
import {
  type AuthorRow,
  lockBoth,
  modeOf,
  modesOf,
  moveBrought,
  switchToBoth,
  switchToPull,
  switchToPush,
} from './authors-store.ts';
import { bringPosts } from './bring.ts';
import { hasFanOuts } from './fan-outs-store.ts';

/** Pushes what an author posted while it was only merged, then ends the merging. */
export const PUSH_AGAIN = 'feed.push_again';
/** One step serves this part of the followers of a round of a fan-out: it may bring each many posts. */
const STEP = 1 / 20;
/** So long before the way back began, a follow may have got its number that committed only after it. */
const MARGIN_MS = 10 * 60_000;
/** Follows that one statement looks at. */
const FOLLOWS_AT_ONCE = 5000;
const TRY_AGAIN_MS = 1000;

const stepOf = (ctx: Context) => Math.ceil(ctx.config.fanOutRound * STEP);

/** How a post of this author is to go, and to how many. */
export interface Decision {
  readonly push: boolean;
  readonly followers: number;
}

/**
 * Decides how posts of these authors go, in the transaction that hears of them, and switches the mode of
 * those who have crossed a threshold. A post that is decided for `push` while the other way begins may stop
 * on its way: from then on reads merge all of its author's posts, whenever they are from. Whoever is not in
 * the answer has no followers.
 */
export async function decide(
  ctx: Context,
  tx: Transaction,
  authors: readonly PersonId[],
): Promise<Map<PersonId, Decision>> {
  const decisions = new Map<PersonId, Decision>();
  // In the order of their ids, so that two who switch some of the same wait for each other.
  for (const { author_id, mode, followers } of await modesOf(tx, authors)) {
    const push = await mayPush(ctx, tx, { authorId: author_id, mode, followers });
    decisions.set(author_id, { push, followers });
  }
  return decisions;
}

async function mayPush(
  ctx: Context,
  tx: Transaction,
  author: { authorId: PersonId; mode: AuthorRow['mode'] | null; followers: number },
): Promise<boolean> {
  const { authorId, mode, followers } = author;
  if (mode === 'pull') return mayPushAgain(ctx, tx, authorId, followers);
  const pull = followers >= ctx.config.fanOutPullFrom;
  if (pull) await switchToPull(tx, authorId, ctx.ids.next());
  return !pull;
}

/** To be asked when somebody has lost a follower. */
export async function considerPush(ctx: Context, tx: Transaction, authorId: PersonId) {
  if ((await modeOf(tx, authorId))?.mode !== 'pull') return;
  const { followers } = await readCounts(tx, authorId);
  await mayPushAgain(ctx, tx, authorId, followers);
}

async function mayPushAgain(ctx: Context, tx: Transaction, authorId: PersonId, followers: number) {
  if (followers >= ctx.config.fanOutPushBelow) return false;
  const version = ctx.ids.next<string>();
  const began = composeId(ctx.clock.millis() - MARGIN_MS, 0, 0);
  if (await switchToBoth(tx, authorId, { version, began })) {
    await addStep(ctx, tx, { authorId, version });
  }
  return true;
}

/** Who hears of new posts, and of new follows. */
export interface Hearers {
  readonly posts: Pick<Consumer, 'name' | 'group'>;
  readonly follows: Pick<Consumer, 'name' | 'group'>;
}

interface Switch {
  readonly authorId: PersonId;
  readonly version: string;
}

function addStep(ctx: Context, tx: Transaction, { authorId, version }: Switch, runAt?: Date) {
  return ctx.jobs.add(tx, {
    task: PUSH_AGAIN,
    key: `${PUSH_AGAIN}:${authorId}:${version}`,
    payload: { author_id: authorId, version },
    ...(runAt && { runAt }),
  });
}

/**
 * One step of the way back: brings the author's posts to some of the followers there were, or, when all
 * have them, ends the merging. A step of an earlier switch does nothing.
 */
export async function pushAgain(ctx: Context, payload: JobPayload, heard: Hearers): Promise<void> {
  const one: Switch = {
    authorId: String(payload.author_id) as PersonId,
    version: String(payload.version),
  };
  await ctx.db.transaction(async (tx) => {
    const row = await lockBoth(tx, one.authorId, one.version);
    if (!row) return;
    if (!row.brought_all) {
      const step = stepOf(ctx);
      const people = await followerBatch(tx, one.authorId, row.brought_after, step);
      await bringAll(ctx, tx, one.authorId, people);
      const all = people.length < step;
      await moveBrought(tx, one.authorId, { after: people.at(-1) ?? '0', all });
      await addStep(ctx, tx, one);
      return;
    }
    const ended = await endMerging(ctx, tx, row, heard);
    if (!ended) await addStep(ctx, tx, one, new Date(ctx.clock.millis() + TRY_AGAIN_MS));
  });
}

/**
 * Nobody can begin or cease to follow the author, and no post of theirs be published, while this holds
 * their counts. So what it finds is all there is: when every post and every new follow was heard of, and
 * no post is on its way any more, nothing is lost with the merging.
 */
async function endMerging(
  ctx: Context,
  tx: Transaction,
  { author_id: authorId, began }: AuthorRow,
  heard: Hearers,
): Promise<boolean> {
  await lockCounts(tx, authorId);
  const posts = await listPostsByAuthor(tx, authorId, ctx.config.feedEntries, null);
  const postIds = posts.map(({ post_id }) => post_id);
  if ((await awaitedBy(tx, heard.posts, postIds)).size > 0) return false;
  if (await hasFanOuts(tx, authorId)) return false;
  for (let after = began; ; ) {
    const follows = await followersSince(tx, authorId, after, FOLLOWS_AT_ONCE);
    const people = follows.map(({ person_id }) => person_id);
    if ((await awaitedBy(tx, heard.follows, people)).size > 0) return false;
    const last = follows.at(-1);
    if (last === undefined || follows.length < FOLLOWS_AT_ONCE) break;
    after = last.edge_id;
  }
  await switchToPush(tx, authorId);
  return true;
}

async function bringAll(
  ctx: Context,
  tx: Transaction,
  authorId: PersonId,
  people: readonly PersonId[],
) {
  const posts = await listPostsByAuthor(tx, authorId, ctx.config.feedEntries + 1, null);
  if (posts.length > 0) await bringPosts(ctx, tx, people, posts);
}
