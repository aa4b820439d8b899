import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { tell } from '../../kernel/hints.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { Problem } from '../../kernel/problem.ts';
import { type PostCounts, readPostCounts } from './counts-store.ts';

/** So far apart are two hints of one post from one process: a crowd of watchers is told a few times a second. */
export const HINTS_APART_MS = 300;

/** Calls back later; kept apart so that a test can be the one who waits. */
export type WaitThen = (ms: number, then: () => void) => void;

/** Does not keep a process alive: who watches is gone with it. */
const waitThen: WaitThen = (ms, then) => void setTimeout(then, ms).unref();

type Told = Pick<PostCounts, 'likes' | 'comments' | 'likes_hidden'>;

/** What was told of a post just now, and what is left to do. */
interface Telling {
  last: Told | null;
  /** It changed since: who began to watch meanwhile hears it also when it is back at what was told last. */
  more: boolean;
  /** Another process may have told something older after us. */
  unsure: boolean;
}

/**
 * Tells everyone who watches a post how it stands: at once, and then at most every `HINTS_APART_MS`. What
 * came meanwhile is read anew and told at the end, so that the last hint is always the true one.
 */
export class CountsTeller {
  readonly #ctx: Context;
  readonly #wait: WaitThen;
  readonly #tellings = new Map<PostId, Telling>();

  constructor(ctx: Context, wait: WaitThen) {
    this.#ctx = ctx;
    this.#wait = wait;
  }

  /** With `counts` where they were read just now; without, they are read here, when there is something to say. */
  tell(postId: PostId, counts: PostCounts | null): void {
    const telling = this.#tellings.get(postId);
    if (telling) {
      telling.more = true;
      return;
    }
    const begun: Telling = { last: counts, more: counts === null, unsure: false };
    this.#tellings.set(postId, begun);
    if (counts === null) {
      this.#soon(postId, begun);
      return;
    }
    this.#say(postId, begun, counts);
    this.#later(postId, begun);
  }

  #say(post_id: PostId, telling: Telling, counts: PostCounts): void {
    telling.last = counts;
    // Where several processes count, the hint of another one may arrive after ours.
    telling.unsure = counts.slots > 1;
    tell(this.#ctx, 'post.counts', {
      post_id,
      author_id: counts.author_id,
      likes_hidden: counts.likes_hidden,
      likes_count: counts.likes,
      comments_count: counts.comments,
    });
  }

  #later(postId: PostId, telling: Telling): void {
    this.#wait(HINTS_APART_MS, () => this.#soon(postId, telling));
  }

  #soon(postId: PostId, telling: Telling): void {
    this.#again(postId, telling).catch((error) => {
      this.#tellings.delete(postId);
      if (error instanceof Problem && error.code === 'post_not_found') return;
      this.#ctx.log.warn({ err: error }, 'who watches a post could not be told how it stands');
    });
  }

  async #again(postId: PostId, telling: Telling): Promise<void> {
    const { more, unsure } = telling;
    if (more || unsure) {
      telling.more = false;
      telling.unsure = false;
      const counts = await readPostCounts(this.#ctx.db, postId);
      if (more || !isSame(telling.last, counts)) this.#say(postId, telling, counts);
      if (more || telling.more || telling.unsure) return this.#later(postId, telling);
    }
    this.#tellings.delete(postId);
  }
}

function isSame(one: Told | null, other: Told): boolean {
  return (
    one?.likes === other.likes &&
    one.comments === other.comments &&
    one.likes_hidden === other.likes_hidden
  );
}

const teller = perContext((ctx) => new CountsTeller(ctx, waitThen));

/**
 * Tells everyone who watches a post how it stands, soon; hidden likes only its author. `counts` are those
 * of this moment, where they are known.
 */
export function tellCounts(ctx: Context, postId: PostId, counts: PostCounts | null = null): void {
  teller(ctx).tell(postId, counts);
}

/** The likes of a post as this person may know them. */
export function likesFor(
  viewerId: string | null,
  post: Pick<PostCounts, 'author_id' | 'likes' | 'likes_hidden'>,
): number | null {
  return post.likes_hidden && post.author_id !== viewerId ? null : post.likes;
}
