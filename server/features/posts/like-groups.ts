import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { type Interaction, noteInteractions } from '../affinity/note.ts';
import type { Medium } from '../affinity/preferences-store.ts';
import { insertLikes, removeLikes } from '../marks/store.ts';
import { addToLikes, type PostCounts, readPostCounts, slotOf } from './counts-store.ts';
import { weightAt } from './heat.ts';

/** So many wishes are one transaction: a few milliseconds. */
export const GROUP_MAX = 500;
/** So many wait for their turn at one post; whoever comes then is asked to come again. */
export const WAITING_MAX = 5_000;

/** What of a post matters to what its likers feel close to; the same for all its wishes. Left out, nothing. */
export interface LikedPost {
  readonly authorId: PersonId;
  readonly medium: Medium | null;
}

/** Somebody wants to like a post, or not any more. */
interface Wish {
  readonly about: LikedPost | null;
  readonly personId: PersonId;
  readonly liked: boolean;
  readonly done: PromiseWithResolvers<Outcome>;
}

/** How the post stands when the group of a wish is committed; `changed`: somebody's like came or went. */
export interface Outcome {
  readonly counts: PostCounts;
  readonly changed: boolean;
}

/**
 * Likes of one post that arrive together in one process are committed together, as databases do with
 * commits: while one group is written the next one gathers, so a storm becomes few transactions, and a
 * lone like waits for nobody. Everyone is answered after the commit. Whether somebody may like the post
 * is judged before they come here.
 */
export class LikeGroups {
  readonly #ctx: Context;
  /** Posts that are being written, and who waits. */
  readonly #waiting = new Map<PostId, Wish[]>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /** Resolves when it is durable. Throws `post_not_found`, `overloaded`. */
  wish(
    postId: PostId,
    personId: PersonId,
    liked: boolean,
    about: LikedPost | null = null,
  ): Promise<Outcome> {
    const wish = { about, personId, liked, done: Promise.withResolvers<Outcome>() };
    const waiting = this.#waiting.get(postId);
    if (!waiting) {
      this.#waiting.set(postId, [wish]);
      void this.#serve(postId);
    } else if (waiting.length < WAITING_MAX) {
      waiting.push(wish);
    } else {
      throw new Problem('overloaded', undefined, { retry_after: 1 });
    }
    return wish.done.promise;
  }

  async #serve(postId: PostId): Promise<void> {
    for (;;) {
      const [group, rest] = firstGroup(this.#waiting.get(postId) ?? []);
      if (group.length === 0) break;
      this.#waiting.set(postId, rest);
      try {
        const outcome = await this.#commit(postId, group);
        for (const { done } of group) done.resolve(outcome);
      } catch (error) {
        for (const { done } of group) done.reject(error);
      }
    }
    this.#waiting.delete(postId);
  }

  async #commit(postId: PostId, group: readonly Wish[]): Promise<Outcome> {
    const { db } = this.#ctx;
    const changed = await db.transaction((tx) => this.#write(tx, postId, group));
    // Read when all of it is there to see, so that whoever is told last is told all.
    return { counts: await readPostCounts(db, postId), changed };
  }

  async #write(tx: Transaction, postId: PostId, group: readonly Wish[]): Promise<boolean> {
    const at = this.#ctx.clock.now();
    const people = (liked: boolean) =>
      new Set(group.filter((wish) => wish.liked === liked).map((wish) => wish.personId));
    const likes = [...people(true)].map((personId) => ({
      personId,
      likeId: this.#ctx.ids.next<string>(),
    }));
    const made = await insertLikes(tx, postId, likes, at);
    const gone = await removeLikes(tx, postId, [...people(false)]);
    if (made.length + gone.length === 0) return false;
    const noted = interactionsIn(group, { made, gone, at });
    const left = gone.reduce((sum, { created_at }) => sum + weightAt(created_at, at), 0);
    const slot = slotOf(this.#ctx.ids.next());
    const change = { likes: made.length - gone.length, heat: made.length - left, at };
    // Of a lone like they travel together; those of many are started only when all before them are.
    if (noted.length > 1) await noteInteractions(tx, noted);
    await Promise.all([
      noted.length > 1 ? null : noteInteractions(tx, noted),
      addToLikes(tx, postId, slot, change),
    ]);
    return true;
  }
}

/** Who likes a post comes closer to its author; who takes that back is where they were. */
function interactionsIn(
  [first]: readonly Wish[],
  changed: {
    readonly made: readonly PersonId[];
    readonly gone: readonly { person_id: PersonId; created_at: Date }[];
    readonly at: Date;
  },
): Interaction[] {
  if (!first?.about) return [];
  const { authorId: otherId, medium } = first.about;
  const like = { otherId, kind: 'like', at: changed.at, medium } as const;
  return [
    ...changed.made.map((personId) => ({ personId, ...like })),
    ...changed.gone.map((row) => ({ personId: row.person_id, undoes: row.created_at, ...like })),
  ];
}

/**
 * Those who go first, and those who stay: nobody is in a group with both wishes, so that what they wished
 * last is what holds.
 */
function firstGroup(waiting: readonly Wish[]): [Wish[], Wish[]] {
  const wishes = new Map<PersonId, boolean>();
  const staying = new Set<PersonId>();
  const group: Wish[] = [];
  const rest: Wish[] = [];
  for (const wish of waiting) {
    const { personId, liked } = wish;
    const fits = group.length < GROUP_MAX && (wishes.get(personId) ?? liked) === liked;
    if (fits && !staying.has(personId)) {
      wishes.set(personId, liked);
      group.push(wish);
    } else {
      staying.add(personId);
      rest.push(wish);
    }
  }
  return [group, rest];
}

/** One a context. */
export const likeGroups = perContext((ctx) => new LikeGroups(ctx));
