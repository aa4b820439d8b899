import { LRUCache } from 'lru-cache';
import type { PersonId } from '../../../api/ids.ts';
import type { PostHead, PostTail } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { noteUntil } from '../../kernel/reads.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { addressesChangeAt, privateAddresses } from '../media/private-address.ts';
import type { PersonRow } from '../people/store.ts';
import type { PostCard } from './cards.ts';
import type { HydratedPost } from './hydrate.ts';
import { postHead, postTail } from './view.ts';

/** How text is written, and what is kept of it. */
export interface Writers<Piece> {
  /** As the serialiser of the contract writes them: `{…}`. */
  readonly head: (head: PostHead) => string;
  readonly tail: (tail: PostTail) => string;
  /** What becomes of a text that many answers share. */
  readonly shared: (text: string) => Piece;
  /** What becomes of a text of one answer. */
  readonly passing: (text: string) => Piece;
}

/** What a shared head was made from: while all of it is the same, so is the head. */
interface Head<Piece> {
  readonly person: PersonRow;
  readonly original: PostCard | undefined;
  readonly originalPerson: PersonRow | undefined;
  /** Milliseconds since 1970: addresses of pictures that not everyone may see are good for a while. */
  readonly until: number;
  readonly piece: Piece;
}

/** Of some 600 bytes each, deflated too. */
const TAILS_MAX = 10_000;

/**
 * Lists of posts as pieces of text: of each post a head, which is written once for all who may see it,
 * and a tail, of which there are few for the same counts, because all that it says of who looks are
 * nine times yes or no. So no piece that is shared says who looks. In a row they are, to the byte, what
 * the ordinary route writes.
 */
export class Fragments<Piece extends object> {
  readonly #deps: Pick<Context, 'secrets' | 'clock'>;
  readonly #writers: Writers<Piece>;
  /** Held by the cards that memory holds. */
  readonly #heads = new WeakMap<PostCard, Head<Piece>>();
  readonly #tails = new LRUCache<string, Piece>({ max: TAILS_MAX });
  readonly #start: Piece;

  constructor(deps: Pick<Context, 'secrets' | 'clock'>, writers: Writers<Piece>) {
    this.#deps = deps;
    this.#writers = writers;
    this.#start = writers.shared('{"success":true,"data":[');
  }

  /** The whole answer for a page of posts, which were judged for this viewer. */
  answer({ items, pagination }: Page<HydratedPost>, viewerId: PersonId | null): Piece[] {
    const pieces = [this.#start];
    for (let n = 0; n < items.length; n += 1) {
      const found = items[n] as HydratedPost;
      const comma = n < items.length - 1 ? ',' : '';
      const { original } = found;
      pieces.push(this.#head(found));
      if (original) {
        pieces.push(this.#tail(found, viewerId, ',"reposted":'), this.#head(original));
        pieces.push(this.#tail(original, viewerId, `}}${comma}`));
      } else {
        pieces.push(this.#tail(found, viewerId, `,"reposted":null}${comma}`));
      }
    }
    const { next_cursor, has_more } = pagination;
    const end = `],"pagination":${JSON.stringify({ next_cursor, has_more })}}`;
    pieces.push(this.#writers.passing(end));
    return pieces;
  }

  /** `{…,` */
  #head(found: HydratedPost): Piece {
    const { card, person, original } = found;
    if (!areAllNamed(found)) return this.#writers.passing(this.#headText(found));
    const known = this.#heads.get(card);
    if (
      known !== undefined &&
      known.person === person &&
      known.original === original?.card &&
      known.originalPerson === original?.person &&
      this.#deps.clock.millis() < known.until
    ) {
      noteUntil(known.until);
      return known.piece;
    }
    const isOpen = isOpenToAll(found.post, person);
    const until = isOpen ? Number.POSITIVE_INFINITY : addressesChangeAt(this.#deps);
    const piece = this.#writers.shared(this.#headText(found));
    this.#heads.set(card, {
      person,
      original: original?.card,
      originalPerson: original?.person,
      until,
      piece,
    });
    noteUntil(until);
    return piece;
  }

  #headText(found: HydratedPost): string {
    const address = privateAddresses(this.#deps);
    return `${this.#writers.head(postHead(found, address)).slice(0, -1)},`;
  }

  /** `…` with what follows it. */
  #tail(found: HydratedPost, viewerId: PersonId | null, end: string): Piece {
    const tail = postTail(found, viewerId);
    const key = keyOf(tail) + end;
    let piece = this.#tails.get(key);
    if (piece === undefined) {
      piece = this.#writers.shared(this.#writers.tail(tail).slice(1, -1) + end);
      this.#tails.set(key, piece);
    }
    return piece;
  }
}

/** Somebody who is hidden from this viewer, or not there any more, is left out of the head. */
function areAllNamed({ post, named }: HydratedPost): boolean {
  if (post.tagged.length === 0 && post.mentions.length === 0) return true;
  return (
    post.tagged.every(({ person_id }) => named.has(person_id)) &&
    post.mentions.every(({ person_id }) => named.has(person_id))
  );
}

function keyOf({ likes_count, comments_count, reposts_count, pinned, viewer }: PostTail): string {
  const bits =
    (viewer.liked ? 1 : 0) |
    (viewer.saved ? 2 : 0) |
    (viewer.reposted ? 4 : 0) |
    (viewer.seen ? 8 : 0) |
    (viewer.is_author ? 16 : 0) |
    (viewer.is_tagged ? 32 : 0) |
    (viewer.can_comment ? 64 : 0) |
    (viewer.can_repost ? 128 : 0) |
    (pinned ? 256 : 0);
  return `${bits} ${likes_count} ${comments_count} ${reposts_count}`;
}
