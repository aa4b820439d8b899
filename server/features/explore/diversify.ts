/** In any so many neighbours … */
export const WINDOW = 10;
/** … an author stands once, and a hashtag twice. */
export const AUTHOR_MAX = 1;
export const TAG_MAX = 2;
/** A post whose hashtag stands in the window already must be so much better than one of another kind. */
const SAME_TAG_COSTS = 0.25;

/** What of a post makes it like another one. */
export interface Kindred {
  readonly author_id: string;
  /** Its first hashtag, which is what it is about; null for none. */
  readonly tag: string | null;
  /** How much it is wanted, above 0. */
  readonly score: number;
}

/**
 * Puts posts in an order in which the good ones come first and neighbours differ: one after the other, the
 * best of those that fit after what was chosen last, worth less for what is like it. (The greedy choice of
 * "maximal marginal relevance", Carbonell and Goldstein, SIGIR 1998, with the likeness bounded instead of
 * only weighed.) When nothing fits any more, because there are few authors, the rest follows with each as far
 * from its likes as can be. Of equals the one that was given first.
 */
export function diversify<Post extends Kindred>(
  posts: readonly Post[],
  take = Number.POSITIVE_INFINITY,
): Post[] {
  const rest = posts.map((post, given) => ({ post, given }));
  rest.sort((a, b) => b.post.score - a.post.score || a.given - b.given);
  const chosen: Post[] = [];
  while (rest.length > 0 && chosen.length < take) {
    const window = chosen.slice(-(WINDOW - 1));
    let best = 0;
    let value = Number.NEGATIVE_INFINITY;
    for (const [n, { post }] of rest.entries()) {
      // They are sorted by score, which is the most that one can be worth.
      if (post.score <= value) break;
      const worth = worthAfter(window, post);
      if (worth <= value) continue;
      best = n;
      value = worth;
    }
    const [next] = rest.splice(best, 1);
    if (next) chosen.push(next.post);
  }
  return chosen;
}

/** What a post is worth after its neighbours; below 0 when it does not fit, the less the nearer its likes are. */
function worthAfter(window: readonly Kindred[], post: Kindred): number {
  let authors = 0;
  let tags = 0;
  let apart = WINDOW;
  for (const [n, other] of window.entries()) {
    if (post.tag !== null && other.tag === post.tag) tags += 1;
    if (other.author_id !== post.author_id) continue;
    authors += 1;
    apart = window.length - n;
  }
  const over = Math.max(0, authors + 1 - AUTHOR_MAX) + Math.max(0, tags + 1 - TAG_MAX);
  if (over > 0) return apart - over * WINDOW - 1 / (1 + post.score);
  return tags > 0 ? post.score * (1 - SAME_TAG_COSTS) : post.score;
}
