import assert from 'node:assert/strict';
import {
  approveComment,
  type Comment,
  createComment,
  deleteComment,
  getComment,
  likeComment,
  listComments,
  listReplies,
  pinComment,
  unlikeComment,
  unpinComment,
} from '../api/comments.ts';
import type { PageQuery } from '../api/page.ts';
import type { Post } from '../api/posts.ts';
import type { DataOf } from '../api/route.ts';
import type { Context } from '../server/context.ts';
import { ofPerson, ofPost, ofTies } from '../server/kernel/touch-keys.ts';
import type { Person } from './cast.ts';

/** What a person does with comments, in words. */
export const reply = (who: Person, to: Comment, text: string) =>
  who.api(createComment, {
    params: { post_id: to.post_id },
    body: { text, parent_comment_id: to.comment_id },
  });

const named = ({ post_id, comment_id }: Comment) => ({ params: { post_id, comment_id } });

export const read = (who: Person, comment: Comment) => who.api(getComment, named(comment));
export const remove = (who: Person, comment: Comment) => who.api(deleteComment, named(comment));
export const like = (who: Person, comment: Comment) => who.api(likeComment, named(comment));
export const unlike = (who: Person, comment: Comment) => who.api(unlikeComment, named(comment));
export const pin = (who: Person, comment: Comment) => who.api(pinComment, named(comment));
export const unpin = (who: Person, comment: Comment) => who.api(unpinComment, named(comment));
export const approve = (who: Person, comment: Comment) => who.api(approveComment, named(comment));

type Between = (page: number) => Promise<unknown>;

/** First comments to the end of the list; `between` runs after each page but the last. */
export async function allComments(
  who: Person,
  post: Post,
  limit = 100,
  between: Between = async () => {},
): Promise<Comment[]> {
  const { post_id } = post;
  return toTheEnd(between, limit, (query) => who.ask(listComments, { params: { post_id }, query }));
}

/** The replies of a thread to the end. */
export async function allReplies(
  who: Person,
  root: Comment,
  limit = 100,
  between: Between = async () => {},
): Promise<Comment[]> {
  return toTheEnd(between, limit, (query) => who.ask(listReplies, { ...named(root), query }));
}

interface ListAnswer {
  readonly data: DataOf<typeof listComments>;
  readonly pagination?: { readonly next_cursor: string | null } | undefined;
}

async function toTheEnd(
  between: Between,
  limit: number,
  load: (query: PageQuery) => Promise<ListAnswer>,
): Promise<Comment[]> {
  const all: Comment[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; cursor !== null; page += 1) {
    const { data, pagination } = await load(cursor ? { cursor, limit } : { limit });
    assert.ok(data.length <= limit, 'no more than asked for');
    all.push(...data);
    cursor = pagination?.next_cursor ?? null;
    if (cursor !== null) await between(page);
  }
  return all;
}

export const ids = (comments: readonly Comment[]) => comments.map((one) => one.comment_id);
export const texts = (comments: readonly Comment[]) => comments.map((one) => one.text);

/** A thread under one's own post waits for its author's approval from now on. */
export async function restrict(ctx: Context, owner: Person, other: Person): Promise<void> {
  await ctx.db.query(
    `insert into restrictions (person_id, restricted_id, restriction_id, created_at)
     values ($1, $2, $3, $4) on conflict do nothing`,
    [owner.id, other.id, ctx.ids.next<string>(), ctx.clock.now()],
  );
  ctx.db.touchLoosely(ofTies(owner.id));
}

export async function unrestrict(ctx: Context, owner: Person, other: Person): Promise<void> {
  await ctx.db.query('delete from restrictions where person_id = $1 and restricted_id = $2', [
    owner.id,
    other.id,
  ]);
  ctx.db.touchLoosely(ofTies(owner.id));
}

/** Both rows of a block, and nothing of what else a block does. */
export async function block(ctx: Context, blocker: Person, blocked: Person): Promise<void> {
  await ctx.db.query(
    `insert into blocks_by_blocker (blocker_id, blocked_id, block_id, created_at)
     values ($1, $2, $3, $4)`,
    [blocker.id, blocked.id, ctx.ids.next<string>(), ctx.clock.now()],
  );
  await ctx.db.query('insert into blocks_by_blocked (blocked_id, blocker_id) values ($1, $2)', [
    blocked.id,
    blocker.id,
  ]);
  ctx.db.touchLoosely(ofTies(blocker.id), ofTies(blocked.id));
}

export async function unblock(ctx: Context, blocker: Person, blocked: Person): Promise<void> {
  for (const table of ['blocks_by_blocker', 'blocks_by_blocked']) {
    await ctx.db.query(`delete from ${table} where blocker_id = $1 and blocked_id = $2`, [
      blocker.id,
      blocked.id,
    ]);
  }
  ctx.db.touchLoosely(ofTies(blocker.id), ofTies(blocked.id));
}

export async function setState(ctx: Context, person: Person, state: 'active' | 'suspended') {
  await ctx.db.query('update people set state = $2 where person_id = $1', [person.id, state]);
  ctx.db.touchLoosely(ofPerson(person.id));
}

/** Turns comments under a post off or on. */
export async function switchComments(ctx: Context, post: Post, off: boolean): Promise<void> {
  await ctx.db.query('update posts set comments_off = $2 where post_id = $1', [post.post_id, off]);
  ctx.db.touchLoosely(ofPost(post.post_id));
}

/** Every count under a post, against the rows that it counts. */
export async function demandExactCounts(ctx: Context, post: Post): Promise<void> {
  const [kept] = await ctx.db.query<{ comments: number }>(
    'select comments from post_counts where post_id = $1',
    [post.post_id],
  );
  const rows = await ctx.db.query<{
    comment_id: string;
    root_id: string | null;
    held: boolean;
    likes: number;
    replies: number;
  }>(
    `select comment_id, root_id, held_at is not null as held, likes, replies from comments
     where post_id = $1 order by comment_id`,
    [post.post_id],
  );
  const liked = await ctx.db.query<{ comment_id: string }>(
    'select comment_id from comment_likes where post_id = $1 order by comment_id',
    [post.post_id],
  );
  assert.equal(kept?.comments, rows.filter((row) => !row.held).length, 'comments of the post');
  const known = new Set(rows.map((row) => row.comment_id));
  for (const row of rows) {
    const likes = liked.filter((one) => one.comment_id === row.comment_id).length;
    const replies = rows.filter((one) => one.root_id === row.comment_id && !one.held).length;
    assert.deepEqual([row.likes, row.replies], [likes, replies], 'likes and replies of a comment');
    assert.ok(row.root_id === null || known.has(row.root_id), 'no reply without its thread');
  }
  assert.ok(
    liked.every((one) => known.has(one.comment_id)),
    'no like without its comment',
  );
}
