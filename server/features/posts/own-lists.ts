import type { PersonId, PostId } from '../../../api/ids.ts';
import type { listDeleted as contract } from '../../../api/own-posts.ts';
import type { Post } from '../../../api/posts.ts';
import type { DataOf } from '../../../api/route.ts';
import type { Context } from '../../context.ts';
import { cutPage, type Page } from '../../kernel/cursor.ts';
import { mayRestore } from '../../kernel/visibility.ts';
import { privateAddresses } from '../media/private-address.ts';
import { listPutAway } from './author-store.ts';
import { hydratePosts } from './hydrate.ts';
import { DELETED_KEPT_MS } from './purge.ts';
import { showPosts } from './read.ts';
import { postView } from './view.ts';

type Asked = { readonly limit: number; readonly take: number; readonly before: PostId | null };
type DeletedPost = DataOf<typeof contract>[number];

/** A page of somebody's own archive. */
export async function archivedPosts(
  ctx: Context,
  viewerId: PersonId,
  page: Asked,
): Promise<Page<Post>> {
  const which = { why: 'archived', since: new Date(0) } as const;
  const rows = await listPutAway(ctx.db, viewerId, which, page.take, page.before);
  const { items, pagination } = cutPage(rows, page.limit, (row) => row.post_id);
  return { items: await showPosts(ctx, items, viewerId), pagination };
}

/** A page of what somebody deleted and can still restore. */
export async function deletedPosts(
  ctx: Context,
  viewerId: PersonId,
  page: Asked,
): Promise<Page<DeletedPost>> {
  const since = new Date(ctx.clock.millis() - DELETED_KEPT_MS);
  const rows = await listPutAway(
    ctx.db,
    viewerId,
    { why: 'deleted', since },
    page.take,
    page.before,
  );
  const { items, pagination } = cutPage(rows, page.limit, (row) => row.post_id);
  const hydrated = await hydratePosts(ctx, items, viewerId);
  const address = privateAddresses(ctx);
  const posts = items.flatMap(({ post_id }): DeletedPost[] => {
    const found = hydrated.get(post_id);
    const at = found?.post.deleted_at;
    if (!found || !at || !mayRestore(found)) return [];
    return [
      {
        ...postView(found, viewerId, address),
        deleted_at: at.toISOString(),
        gone_at: new Date(at.getTime() + DELETED_KEPT_MS).toISOString(),
      },
    ];
  });
  return { items: posts, pagination };
}
