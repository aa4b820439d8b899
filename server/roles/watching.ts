import type { PostId } from '../../api/ids.ts';
import type { Context } from '../context.ts';
import { readCounts } from '../features/posts/counts-store.ts';
import { visibleAmong } from '../features/posts/read.ts';
import type { PostRow } from '../features/posts/store.ts';
import { likesFor } from '../features/posts/tell-counts.ts';
import type { Hints } from '../kernel/hints.ts';
import type { Line, Lines, Watched } from './lines.ts';

/** Lines judged at the same time when a change concerns many. */
const JUDGED_AT_ONCE = 8;

interface Judgement {
  readonly line: Line;
  /** Something changed while it was under way: what it has read may be old. */
  stale: boolean;
}

/**
 * Who watches which post: judged when a page says what is on its screen, and anew whenever what its
 * viewer may see has changed, so that nothing is told to those whom it is hidden from now.
 */
export class Watching {
  readonly #ctx: Context;
  readonly #lines: Lines;
  readonly #underWay = new Set<Judgement>();

  constructor(ctx: Context, lines: Lines) {
    this.#ctx = ctx;
    this.#lines = lines;
  }

  /**
   * Puts the posts on a screen in the place of those before. Says at once how those stand that were not
   * watched before, and which are not there (any more): what happened since the page was read is missed
   * otherwise.
   */
  async watch(line: Line, asked: readonly PostId[]): Promise<void> {
    const known = new Set(line.watched.map((one) => one.post_id));
    const posts = await this.#judge(line, asked);
    if (!this.#lines.has(line)) return;
    this.#lines.watch(line, posts.map(watched));
    const unknown = posts.filter((post) => !known.has(post.post_id));
    await this.#tellHowTheyStand(line, unknown);
    tellGone(line, asked, posts);
  }

  /** From the database: what was told before the line watched is missed where memory is a moment late. */
  async #tellHowTheyStand(line: Line, posts: readonly PostRow[]): Promise<void> {
    const ids = posts.map((post) => post.post_id);
    const counts = await readCounts(this.#ctx.db, ids);
    for (const { post_id, author_id, likes_hidden } of posts) {
      const { likes, comments } = counts.get(post_id) ?? {};
      if (likes === undefined || comments === undefined) continue;
      const likes_count = likesFor(line.personId, { author_id, likes_hidden, likes });
      line.send({ type: 'post.counts', post_id, likes_count, comments_count: comments });
    }
  }

  /** Takes over what another line of the same person watched, after judging it. */
  async takeOver(line: Line, from: readonly Watched[]): Promise<void> {
    if (from.length === 0) return;
    this.#lines.watch(line, from);
    await this.#again(line);
  }

  /** What is watched on the lines that a change concerns is judged anew. */
  async standingChanged({ viewer_ids, author_ids }: Hints['standing.changed']): Promise<void> {
    for (const one of this.#underWay) {
      if (author_ids.length > 0 || viewer_ids.includes(one.line.personId)) one.stale = true;
    }
    await this.#allAgain(this.#lines.concerned(viewer_ids, author_ids));
  }

  /** Who watches a post that fewer may see than before is judged anew. */
  async postNarrowed({ post_id }: Hints['post.narrowed']): Promise<void> {
    for (const one of this.#underWay) one.stale = true;
    await this.#allAgain(this.#lines.watchersOf(post_id));
  }

  /** Tells of counts: hidden likes only to whose post it is. */
  tellCounts({ post_id, author_id, likes_hidden, ...counts }: Hints['post.counts']): void {
    const post = { author_id, likes_hidden, likes: counts.likes_count };
    this.#lines.tellWatchers(post_id, (personId) => ({
      type: 'post.counts',
      post_id,
      likes_count: likesFor(personId, post),
      comments_count: counts.comments_count,
    }));
  }

  async #allAgain(concerned: Iterable<Line>): Promise<void> {
    const lines = [...concerned];
    for (let start = 0; start < lines.length; start += JUDGED_AT_ONCE) {
      const some = lines.slice(start, start + JUDGED_AT_ONCE);
      await Promise.all(some.map((line) => this.#again(line)));
    }
  }

  async #again(line: Line): Promise<void> {
    const before = line.watched;
    if (before.length === 0) return;
    const asked = before.map((one) => one.post_id);
    try {
      const posts = await this.#judge(line, asked);
      // Meanwhile the page may have gone, or asked for other posts, which were judged by themselves.
      if (line.watched !== before || !this.#lines.has(line)) return;
      this.#lines.watch(line, posts.map(watched));
      tellGone(line, asked, posts);
    } catch (error) {
      // Better to tell too little than what may be hidden by now.
      if (line.watched === before) this.#lines.watch(line, []);
      this.#ctx.log.warn({ err: error }, 'what a page watches could not be judged anew');
    }
  }

  /** Those of the posts that the viewer of the line may see when this resolves. */
  async #judge(line: Line, asked: readonly PostId[]): Promise<PostRow[]> {
    for (;;) {
      const judgement: Judgement = { line, stale: false };
      this.#underWay.add(judgement);
      try {
        const posts = await visibleAmong(this.#ctx, asked, line.personId);
        if (!judgement.stale) return posts;
      } finally {
        this.#underWay.delete(judgement);
      }
    }
  }
}

function watched({ post_id, author_id, repost_author_id }: PostRow): Watched {
  return { post_id, author_ids: repost_author_id ? [author_id, repost_author_id] : [author_id] };
}

function tellGone(line: Line, asked: readonly PostId[], posts: readonly PostRow[]): void {
  const there = new Set(posts.map((post) => post.post_id));
  for (const post_id of asked) {
    if (!there.has(post_id)) line.send({ type: 'post.deleted', post_id });
  }
}
