import type { PersonId, PostId } from '../../../api/ids.ts';
import type { PostRevision } from '../../../api/post-history.ts';
import type { Context } from '../../context.ts';
import { cutPage, type Page } from '../../kernel/cursor.ts';
import { meetable } from '../graph/relations.ts';
import { mediaOfPosts } from '../media/hydrate.ts';
import { listRevisions, type RevisionRow } from './changes-store.ts';
import { visiblePost } from './read.ts';
import type { PostRow } from './store.ts';
import { tagsView } from './view.ts';

/**
 * A page of what a post is and was, newest first. Tags of people who are not there for the viewer, and
 * of those who took themselves off, are left out. Throws `post_not_found`.
 */
export async function postHistory(
  ctx: Context,
  postId: PostId,
  viewerId: PersonId | null,
  page: { readonly limit: number; readonly take: number; readonly before: string | null },
): Promise<Page<PostRevision>> {
  const { post } = await visiblePost(ctx, postId, viewerId);
  const [now, rows] = await Promise.all([
    stateNow(ctx, post),
    listRevisions(ctx.db, postId, page.take, page.before),
  ]);
  const current = page.before === null || BigInt(post.revision) < BigInt(page.before) ? [now] : [];
  const all = [...current, ...rows].slice(0, page.take);
  const { items, pagination } = cutPage(all, page.limit, (row) => String(row.revision));
  const ids = items.flatMap(({ was }) => was.tagged.map(({ person_id }) => person_id));
  const named = new Set((await meetable(ctx, viewerId, ids)).keys());
  for (const id of post.untagged) named.delete(id);
  return { items: items.map((row) => revisionView(row, named)), pagination };
}

async function stateNow(ctx: Context, post: PostRow): Promise<RevisionRow> {
  const media = (await mediaOfPosts(ctx.db, [post.post_id])).get(post.post_id) ?? [];
  const { caption, place, tagged } = post;
  const alts = media.map(({ media_id, alt }) => ({ media_id, alt }));
  return {
    revision: post.revision,
    was: { caption, place, tagged, alts },
    edited_at: post.edited_at ?? post.created_at,
  };
}

function revisionView(
  { revision, was, edited_at }: RevisionRow,
  named: ReadonlySet<PersonId>,
): PostRevision {
  return {
    revision,
    caption: was.caption,
    location: was.place,
    tagged: tagsView(was.tagged, named),
    alts: was.alts.map(({ media_id, alt }) => ({ media_id, alt })),
    at: edited_at.toISOString(),
  };
}
