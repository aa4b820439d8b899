import type { PersonId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import { appendEvent } from '../../kernel/events.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { type Interaction, noteInteractions } from '../affinity/note.ts';
import { addToCounts } from '../people/store.ts';
import { insertTagged, removePin, removeTagged } from './author-store.ts';
import { nextPostSeq } from './changes-store.ts';
import { addToProfile, type PostRow, removeFromProfile } from './store.ts';

/**
 * A post stands on its author's grid, is counted there, and stands on the grids of those tagged in it,
 * exactly while it is published, not archived and not deleted. Whoever changes that holds the post's lock.
 */
export function isShown(post: Pick<PostRow, 'status' | 'archived_at' | 'deleted_at'>): boolean {
  return post.status === 'published' && !post.archived_at && !post.deleted_at;
}

/** Its statements travel together. */
export async function putOnGrids(tx: Transaction, post: PostRow): Promise<void> {
  const { repost_of: postId, repost_author_id: authorId } = post;
  const original = postId && authorId ? { postId, authorId } : null;
  await Promise.all([
    addToProfile(tx, post.author_id, post.post_id, original),
    insertTagged(tx, post, taggedIn(post)),
    addToCounts(tx, [{ personId: post.author_id, posts: 1 }]),
  ]);
}

/** Pins go too: what comes back comes back to its place in time. */
export async function takeOffGrids(tx: Transaction, post: PostRow): Promise<void> {
  await Promise.all([
    removeFromProfile(tx, post.author_id, post.post_id),
    removePin(tx, post.author_id, post.post_id),
    removeTagged(tx, post.post_id, taggedIn(post)),
    addToCounts(tx, [{ personId: post.author_id, posts: -1 }]),
  ]);
}

/** The author of a post has tagged these people, or, where it says when, has taken that back. */
export async function noteTags(
  tx: Transaction,
  authorId: PersonId,
  people: readonly PersonId[],
  times: Pick<Interaction, 'at' | 'undoes'>,
): Promise<void> {
  const tag = { personId: authorId, kind: 'tag', ...times } as const;
  await noteInteractions(
    tx,
    people.map((otherId) => ({ ...tag, otherId })),
  );
}

/** Everyone tagged in a post, each once. */
export function taggedIn(post: Pick<PostRow, 'tagged'>): PersonId[] {
  return [...new Set(post.tagged.map(({ person_id }) => person_id))];
}

/** Writes an event of a post as it is now, under its lock. `seq` where it was counted already. */
export async function recordChange(
  ctx: Context,
  tx: Transaction,
  post: PostRow,
  type: string,
  { seq, ...more }: { readonly seq?: string; readonly person_id?: PersonId } = {},
): Promise<void> {
  await appendEvent(ctx, tx, {
    group: 'posts',
    key: post.post_id,
    seq: seq ?? (await nextPostSeq(tx, post.post_id)),
    type,
    payload: {
      author_id: post.author_id,
      shown: isShown(post),
      repost_of: post.repost_of,
      repost_author_id: post.repost_author_id,
      topics: post.hashtags.length > 0 || post.place !== null,
      ...more,
    },
  });
}
