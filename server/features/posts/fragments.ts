import type { PersonId } from '../../../api/ids.ts';
import type { PostHead, PostTail } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { noteUntil } from '../../kernel/reads.ts';
import { isOpenToAll } from '../../kernel/visibility.ts';
import { addressesChangeAt, privateAddresses } from '../media/private-address.ts';
import type { PersonRow } from '../people/store.ts';
import type { PostCard } from './cards.ts';
import type { Counts } from './counts-store.ts';
import { SOMEBODY } from './gathered.ts';
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

/** Who reads, and where. */
export interface Reader {
  readonly viewerId: PersonId | null;
  /** The home feed alone tells what was seen before. */
  readonly tellsSeen: boolean;
}

/** What is kept of a card: its head, and of what that was made; tails, and of which counts. */
interface Kept<Piece> {
  head: Piece | undefined;
  person: PersonRow | undefined;
  original: PostCard | undefined;
  originalPerson: PersonRow | undefined;
  /** Milliseconds since 1970: addresses of pictures that not everyone may see are good for a while. */
  until: number;
  counts: Counts | undefined;
  readonly tails: Map<number, Piece>;
}

/** The pieces of a post that many viewers share, where another post follows it. */
interface Joint<Piece> {
  readonly pieces: readonly Piece[];
  readonly until: number;
}

const SOMEBODY_AT_HOME: Reader = { viewerId: SOMEBODY, tellsSeen: true };

/** Of the same counts; there are hardly more than three. */
const TAILS_MAX = 32;

/** How a tail ends. */
const ENDS = [',"reposted":null},', ',"reposted":null}', ',"reposted":', '}},', '}}'] as const;
type End = 0 | 1 | 2 | 3 | 4;
const PLAIN = 0;
const OUTER = 2;
const INNER = 3;

/**
 * Pages of posts as pieces of text: of each post a head, which is written once for all who may see it,
 * and a tail, of which there are few for the same counts, because all that it says of who looks is yes or
 * no, nine times. So no piece that is shared says who looks. In a row they are, to the byte, what the
 * ordinary route writes.
 */
export class Fragments<Piece extends object> {
  readonly #deps: Pick<Context, 'secrets' | 'clock'>;
  readonly #writers: Writers<Piece>;
  /** Held by the cards that memory holds. */
  readonly #kept = new WeakMap<PostCard, Kept<Piece>>();
  /** By what stands for all viewers of one kind; see posts/gathered.ts. */
  readonly #joints = new WeakMap<HydratedPost, Joint<Piece>>();
  readonly #start: Piece;

  constructor(deps: Pick<Context, 'secrets' | 'clock'>, writers: Writers<Piece>) {
    this.#deps = deps;
    this.#writers = writers;
    this.#start = writers.shared('{"success":true,"data":[');
  }

  /** The whole answer for a page of posts, which were judged for this reader. */
  answer({ items, pagination }: Page<HydratedPost>, reader: Reader): Piece[] {
    const pieces = [this.#start];
    const last = items.length - 1;
    const isShared = reader.tellsSeen;
    for (let n = 0; n < last; n += 1) {
      const found = items[n] as HydratedPost;
      if (!isShared || found.viewerId !== SOMEBODY) this.#addPost(pieces, found, reader, 0);
      else for (const piece of this.#jointOf(found)) pieces.push(piece);
    }
    if (last >= 0) this.#addPost(pieces, items[last] as HydratedPost, reader, 1);
    const { next_cursor, has_more } = pagination;
    const end = `],"pagination":${JSON.stringify({ next_cursor, has_more })}}`;
    pieces.push(this.#writers.passing(end));
    return pieces;
  }

  #jointOf(found: HydratedPost): readonly Piece[] {
    const known = this.#joints.get(found);
    if (known && (known.until === Number.POSITIVE_INFINITY || this.#isGood(known.until))) {
      noteUntil(known.until);
      return known.pieces;
    }
    const pieces: Piece[] = [];
    this.#addPost(pieces, found, SOMEBODY_AT_HOME, 0);
    const until = Math.min(this.#untilOf(found), this.#untilOf(found.original));
    this.#joints.set(found, { pieces, until });
    return pieces;
  }

  #untilOf(found: HydratedPost | null | undefined): number {
    return (found && this.#kept.get(found.card)?.until) ?? Number.POSITIVE_INFINITY;
  }

  /** Also when the clock was set back: addresses are never good for longer than said. */
  #isGood(until: number): boolean {
    return until === addressesChangeAt(this.#deps);
  }

  #addPost(pieces: Piece[], found: HydratedPost, reader: Reader, last: 0 | 1): void {
    const { original } = found;
    if (original) {
      this.#add(pieces, found, reader, OUTER);
      this.#add(pieces, original, reader, (INNER + last) as End);
    } else {
      this.#add(pieces, found, reader, (PLAIN + last) as End);
    }
  }

  #add(pieces: Piece[], found: HydratedPost, reader: Reader, end: End): void {
    let kept = this.#kept.get(found.card);
    if (kept === undefined) {
      kept = newlyKept();
      this.#kept.set(found.card, kept);
    }
    pieces.push(this.#head(found, kept), this.#tail(found, reader, end, kept));
  }

  /** `{…,` */
  #head(found: HydratedPost, kept: Kept<Piece>): Piece {
    const { person, original } = found;
    if (!areAllNamed(found)) return this.#writers.passing(this.#headText(found));
    if (
      kept.head === undefined ||
      kept.person !== person ||
      kept.original !== original?.card ||
      kept.originalPerson !== original?.person ||
      (kept.until !== Number.POSITIVE_INFINITY && !this.#isGood(kept.until))
    ) {
      kept.person = person;
      kept.original = original?.card;
      kept.originalPerson = original?.person;
      const isOpen = isOpenToAll(found.post, person);
      kept.until = isOpen ? Number.POSITIVE_INFINITY : addressesChangeAt(this.#deps);
      kept.head = this.#writers.shared(this.#headText(found));
    }
    noteUntil(kept.until);
    return kept.head;
  }

  #headText(found: HydratedPost): string {
    const address = privateAddresses(this.#deps);
    return `${this.#writers.head(postHead(found, address)).slice(0, -1)},`;
  }

  /** `…` with what follows it. */
  #tail(found: HydratedPost, reader: Reader, end: End, kept: Kept<Piece>): Piece {
    const { counts } = found;
    if (kept.counts !== counts || kept.tails.size >= TAILS_MAX) {
      kept.counts = counts;
      kept.tails.clear();
    }
    const tail = postTail(found, reader.viewerId);
    // Not of what stands inside a repost.
    tail.viewer.seen = reader.tellsSeen && end < INNER && found.marks.seen;
    const key = bitsOf(tail) * ENDS.length + end;
    let piece = kept.tails.get(key);
    if (piece === undefined) {
      piece = this.#writers.shared(this.#writers.tail(tail).slice(1, -1) + ENDS[end]);
      kept.tails.set(key, piece);
    }
    return piece;
  }
}

function newlyKept<Piece>(): Kept<Piece> {
  return {
    head: undefined,
    person: undefined,
    original: undefined,
    originalPerson: undefined,
    until: 0,
    counts: undefined,
    tails: new Map(),
  };
}

/** Somebody who is hidden from this viewer, or not there any more, is left out of the head. */
function areAllNamed({ post, named }: HydratedPost): boolean {
  if (post.tagged.length === 0 && post.mentions.length === 0) return true;
  return (
    post.tagged.every(({ person_id }) => named.has(person_id)) &&
    post.mentions.every(({ person_id }) => named.has(person_id))
  );
}

/** All that tells tails of the same card and counts apart. */
function bitsOf({ likes_count, pinned, viewer }: PostTail): number {
  return (
    (viewer.liked ? 1 : 0) |
    (viewer.saved ? 2 : 0) |
    (viewer.reposted ? 4 : 0) |
    (viewer.seen ? 8 : 0) |
    (viewer.is_author ? 16 : 0) |
    (viewer.is_tagged ? 32 : 0) |
    (viewer.can_comment ? 64 : 0) |
    (viewer.can_repost ? 128 : 0) |
    (pinned ? 256 : 0) |
    (likes_count === null ? 512 : 0)
  );
}
