import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { Consumer, StoredEvent } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { PUBLISHED, RESTORED, UNARCHIVED } from '../posts/events.ts';
import type { PostInList } from '../posts/store.ts';
import { tellPeople } from './fan-out-round.ts';
import { decide } from './modes.ts';
import { type FanOutStart, serveOfFew, startFanOuts } from './start-fan-outs.ts';
import { insertEntries } from './store.ts';

/**
 * Brings published posts into their authors' own feeds at once, and on their way to everyone who follows
 * them, unless reads merge them; one that comes back too, in silence, for those who began to follow while
 * it was away.
 */
export const fanOut: Consumer = {
  name: 'feed.fan_out',
  group: 'posts',
  types: [PUBLISHED, RESTORED, UNARCHIVED],
  handle: (ctx, tx, event) => bringToFeeds(ctx, tx, [event]),
  handleMany: (ctx, tx, events) => bringToFeeds(ctx, tx, events),
};

async function bringToFeeds(ctx: Context, tx: Transaction, events: readonly StoredEvent[]) {
  const comings = comingsOf(events);
  if (comings.length === 0) return undefined;
  // When several fail, each is tried alone.
  const served = await serveOfFew(ctx, tx, comings, { mayFail: comings.length > 1 });
  const done = new Set(served.map(({ post }) => post));
  const rest = comings.filter(({ post }) => !done.has(post));
  const starts = rest.length > 0 ? await decideOn(ctx, tx, rest) : [];
  const after = await startFanOuts(ctx, tx, starts, served);
  return () => {
    for (const { post, told } of comings) if (told) tellPeople(ctx, [post.author_id], post);
    after();
  };
}

/** Brings posts into their authors' own feeds, and decides which of them are pushed. */
async function decideOn(
  ctx: Context,
  tx: Transaction,
  comings: readonly Coming[],
): Promise<FanOutStart[]> {
  const [decisions] = await Promise.all([
    decide(ctx, tx, [...new Set(comings.map(({ post }) => post.author_id))]),
    insertEntries(
      tx,
      comings.map(({ post }) => ({ person_id: post.author_id, ...post })),
    ),
  ]);
  return comings.flatMap(({ post, told, careful }) => {
    const { push, followers } = decisions.get(post.author_id) ?? { push: true, followers: 0 };
    return push ? [{ post, source: '', told, careful, followers }] : [];
  });
}

/** A post that comes into feeds. */
interface Coming {
  readonly post: PostInList;
  /** Open pages hear of it. */
  readonly told: boolean;
  /** It may have come before. */
  readonly careful: boolean;
}

/** Each post once, however many events tell of it. */
function comingsOf(events: readonly StoredEvent[]): Coming[] {
  const comings = new Map<string, Coming>();
  for (const { key, type, payload } of events) {
    if (payload.shown === false) continue;
    const isNew = type === PUBLISHED;
    const before = comings.get(key);
    comings.set(key, {
      post: {
        post_id: key as PostId,
        author_id: payload.author_id as PersonId,
        repost_of: (payload.repost_of ?? null) as PostId | null,
        repost_author_id: (payload.repost_author_id ?? null) as PersonId | null,
      },
      told: isNew || before?.told === true,
      careful: !isNew || before !== undefined,
    });
  }
  return [...comings.values()];
}
