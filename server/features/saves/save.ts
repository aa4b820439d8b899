import type { CollectionId, PersonId, PostId } from '../../../api/ids.ts';
import type { SaveState } from '../../../api/saves.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertSave, isSaved, removeSave, saversOf } from '../marks/saves-store.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import { engageablePost, visiblePost } from '../posts/read.ts';
import { collectionsWith, insertEntry, removeEntries } from './store.ts';

/**
 * Every transaction here takes its locks in one order: the person's save, their collections by id, the
 * post's counts, which others want too, last.
 */

/** Saves a post, also into a collection. Doing it again changes nothing. Throws `post_not_found`, `collection_not_found`. */
export async function savePost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  collectionId: CollectionId | null,
): Promise<SaveState> {
  const { post } = await engageablePost(ctx, postId, personId);
  return ctx.db.transaction(async (tx) => {
    const saveId = ctx.ids.next<string>();
    const save = { personId, postId, authorId: post.author_id, saveId, at: ctx.clock.now() };
    const made = await insertSave(tx, save);
    if (collectionId !== null) {
      const entry = { personId, collectionId, postId, entryId: saveId };
      if (!(await insertEntry(tx, entry))) throw new Problem('collection_not_found');
    }
    if (made) await addToPostCounts(tx, postId, { saves: 1 });
    return { saved: true, collection_ids: await collectionsWith(tx, personId, postId) };
  });
}

/**
 * Saves a post no more; with a collection, only takes it out of that one. Whether the person may still see
 * the post makes no difference: what they keep is theirs to let go. Doing it again changes nothing.
 */
export async function unsavePost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  collectionId: CollectionId | null,
): Promise<SaveState> {
  return ctx.db.transaction(async (tx) => {
    if (collectionId === null) {
      await letGo(tx, personId, postId);
      return { saved: false, collection_ids: [] };
    }
    await removeEntries(tx, personId, postId, [collectionId]);
    return saveStateIn(tx, postId, personId);
  });
}

async function letGo(tx: Transaction, personId: PersonId, postId: PostId): Promise<void> {
  // Its row stays locked, so that nobody puts the post into a collection meanwhile.
  if (!(await removeSave(tx, personId, postId))) return;
  await removeEntries(tx, personId, postId, await collectionsWith(tx, personId, postId));
  await addToPostCounts(tx, postId, { saves: -1 });
}

/** Whether, and where, a person keeps a post. Throws `post_not_found`. */
export async function readSaveState(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
): Promise<SaveState> {
  await visiblePost(ctx, postId, personId);
  return saveStateIn(ctx.db, postId, personId);
}

async function saveStateIn(q: Queryable, postId: PostId, personId: PersonId): Promise<SaveState> {
  const [saved, collection_ids] = await Promise.all([
    isSaved(q, personId, postId),
    collectionsWith(q, personId, postId),
  ]);
  return { saved, collection_ids };
}

/** Lets go up to `take` saves of a post that is gone for good; true when there may be more. */
export async function removeSavesOfPost(
  ctx: Context,
  postId: PostId,
  take: number,
): Promise<boolean> {
  const people = await saversOf(ctx.db, postId, take);
  for (const personId of people) await ctx.db.transaction((tx) => letGo(tx, personId, postId));
  return people.length === take;
}
