import type { PersonId, PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { perContext } from '../../kernel/near-cache.ts';
import { noteHashes, noteReads } from '../../kernel/reads.ts';
import { type Stamp, TouchStamps } from '../../kernel/touch-stamps.ts';
import type { Relation } from '../../kernel/visibility.ts';
import type { Marks } from '../marks/store.ts';
import { nearPeople } from '../people/near.ts';
import type { PersonRow } from '../people/store.ts';
import { nearCards, nearCounts, type PostCard } from './cards.ts';
import type { Counts } from './counts-store.ts';
import type { HydratedPost } from './hydrated-post.ts';

/** All of a post that is the same for whoever looks, as memory holds it. */
export interface GatheredPost {
  readonly card: PostCard;
  readonly person: PersonRow;
  readonly counts: Counts;
  /** Of a repost; null for what is none. */
  readonly original: GatheredPost | null;
  /** Nobody is named in it, nor in its original. */
  readonly namesNobody: boolean;
  /** What it has become for viewers to whom it says nothing of themselves, each kind of them once. */
  readonly alike: Alike[];
}

/** How viewers of one kind stand to a post. */
interface Alike {
  readonly relation: Relation;
  readonly marks: Marks;
  readonly original: HydratedPost | null;
  readonly found: HydratedPost;
}

interface Kept {
  readonly gathered: GatheredPost;
  readonly hashes: readonly number[];
  readonly stamp: Stamp;
}

/** Posts of one generation, some 500 bytes each besides what other memories hold. */
const KEPT_MAX = 20_000;
/** After so long its parts are looked up again, so that they stay in use where they lie. */
const KEPT_MS = 30_000;
/** Kinds of viewers of one post; there are hardly more than ten. */
const ALIKE_MAX = 32;

/**
 * The parts of posts, put together once for as long as none of them is touched: a page asks for twenty
 * posts and each has up to six parts, and to look up each of them takes longer than all the rest. What is
 * the same after a look at the parts stays the same object, and so does what was made of it.
 */
class GatheredPosts {
  readonly #ctx: Context;
  readonly #stamps: TouchStamps;
  #young = new Map<PostId, Kept>();
  #old = new Map<PostId, Kept>();
  #youngSince = 0;

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#stamps = new TouchStamps(ctx.db);
  }

  /** undefined when not all of it is near. */
  peek(id: PostId, now: number): GatheredPost | undefined {
    const kept = this.#young.get(id);
    if (kept === undefined || !this.#stamps.holds(kept.stamp, now)) return this.#gather(id, now);
    noteHashes(kept.hashes);
    return kept.gathered;
  }

  #gather(id: PostId, now: number): GatheredPost | undefined {
    this.#turn(now);
    const { made, reads } = noteReads(() => this.#look(id, now));
    // Also what is not there is noted: it may come.
    noteHashes(reads.hashes);
    if (made === undefined) return undefined;
    const before = (this.#young.get(id) ?? this.#old.get(id))?.gathered;
    const gathered = before && isSame(before, made) ? before : made;
    const until = Math.min(reads.until, now + KEPT_MS);
    const stamp = this.#stamps.stamp({ ...reads, until }, now);
    this.#young.set(id, { gathered, hashes: reads.hashes, stamp });
    return gathered;
  }

  #look(id: PostId, now: number): GatheredPost | undefined {
    const { cards, people, counts: nearCounted } = caches(this.#ctx);
    const card = cards.peek(id);
    const counts = nearCounted.peek(id);
    const person = card && people.peek(card.post.author_id);
    if (card === undefined || counts === undefined || person === undefined) return undefined;
    const { repost_of, tagged, mentions } = card.post;
    const original = repost_of === null ? null : this.peek(repost_of, now);
    if (original === undefined) return undefined;
    const namesNobody = tagged.length + mentions.length === 0 && (original?.namesNobody ?? true);
    return { card, person, counts, original, namesNobody, alike: [] };
  }

  /** What nobody has read for two turns leaves. */
  #turn(now: number): void {
    const age = now - this.#youngSince;
    if (age >= 0 && age < KEPT_MS && this.#young.size < KEPT_MAX) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}

const caches = perContext((ctx) => ({
  cards: nearCards(ctx),
  people: nearPeople(ctx),
  counts: nearCounts(ctx),
}));

export const gatheredPosts = perContext((ctx) => new GatheredPosts(ctx));

function isSame(one: GatheredPost, other: GatheredPost): boolean {
  return (
    one.card === other.card &&
    one.person === other.person &&
    one.counts === other.counts &&
    one.original === other.original
  );
}

/**
 * Who stands in the place of the viewer where many see the same: signed in, and nobody of whom the post
 * says anything.
 */
export const SOMEBODY = '0' as PersonId;

const NOBODY: ReadonlySet<PersonId> = new Set();

/**
 * The post as it is for every viewer who stands to it like this, one object for all of them. Only for
 * viewers who have written neither it nor its original, and for posts that name nobody.
 */
export function alikeFor(
  gathered: GatheredPost,
  relation: Relation,
  marks: Marks,
  original: HydratedPost | null,
): HydratedPost {
  const { alike } = gathered;
  for (let n = 0; n < alike.length; n += 1) {
    const one = alike[n] as Alike;
    if (one.relation === relation && one.marks === marks && one.original === original) {
      return one.found;
    }
  }
  const { card, person, counts } = gathered;
  const { post, media } = card;
  const parts = { card, post, person, viewerId: SOMEBODY, relation, counts, media, marks };
  const found: HydratedPost = {
    ...parts,
    named: NOBODY,
    ...(gathered.original !== null && { original }),
  };
  if (alike.length >= ALIKE_MAX) alike.length = 0;
  alike.push({ relation, marks, original, found });
  return found;
}
