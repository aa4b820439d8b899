import type { CollectionId, PersonId, PostId } from '../../../api/ids.ts';
import type { Post } from '../../../api/posts.ts';
import type { Context } from '../../context.ts';
import type { Page } from '../../kernel/cursor.ts';
import { fillPage } from '../../kernel/fill-page.ts';
import { Problem } from '../../kernel/problem.ts';
import { listSaves } from '../marks/saves-store.ts';
import { nearPosts } from '../posts/cards.ts';
import { showPosts } from '../posts/read.ts';
import { findCollection, listEntries } from './store.ts';

interface Kept {
  readonly post_id: PostId;
  /** What the list is ordered by. */
  readonly id: string;
}

/**
 * A page of what a person saved, last saved first; of one collection if it is given. What they may no
 * longer see is left out, and is there again when they may. Throws `collection_not_found`.
 */
export async function savedFeed(
  ctx: Context,
  personId: PersonId,
  collectionId: CollectionId | null,
  page: { readonly limit: number; readonly before: string | null },
): Promise<Page<Post>> {
  if (collectionId !== null && !(await findCollection(ctx.db, personId, collectionId))) {
    throw new Problem('collection_not_found');
  }
  return fillPage<Kept, Post>(page, {
    read: (take, before) => readKept(ctx, personId, collectionId, take, before),
    idOf: (kept) => kept.id,
    async show(kept) {
      const shown = await showKept(ctx, kept, personId);
      return kept.map(({ post_id }) => shown.get(post_id) ?? null);
    },
  });
}

async function readKept(
  ctx: Context,
  personId: PersonId,
  collectionId: CollectionId | null,
  take: number,
  before: string | null,
): Promise<Kept[]> {
  if (collectionId === null) {
    const saves = await listSaves(ctx.db, personId, take, before);
    return saves.map(({ post_id, save_id }) => ({ post_id, id: save_id }));
  }
  const entries = await listEntries(ctx.db, personId, collectionId, take, before);
  return entries.map(({ post_id, entry_id }) => ({ post_id, id: entry_id }));
}

/** Those that the viewer may see. The posts are read first, because only they know what they repost. */
export async function showKept(
  ctx: Context,
  kept: readonly { readonly post_id: PostId }[],
  viewerId: PersonId,
): Promise<Map<PostId, Post>> {
  const refs = await nearPosts(
    ctx,
    kept.map(({ post_id }) => post_id),
  );
  const posts = await showPosts(ctx, refs, viewerId);
  return new Map(posts.map((post) => [post.post_id, post]));
}
