import type { CollectionId, PersonId, PostId } from '../../../api/ids.ts';
import type { SaveState } from '../../../api/saves.ts';
import type { Context } from '../../context.ts';
import { idMillis } from '../../kernel/ids.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { noteInteractions } from '../affinity/note.ts';
import type { Medium } from '../affinity/preferences-store.ts';
import { insertSave, isSaved, removeSave, saversOf } from '../marks/saves-store.ts';
import { addToPostCounts } from '../posts/counts-store.ts';
import { mediumOf } from '../posts/medium.ts';
import { engageablePost, visiblePost } from '../posts/read.ts';
import { collectionsWith, insertEntry, removeEntries } from './store.ts';

/**
 * Every transaction here takes its locks in one order: the person's save, their collections by id, the
 * post's counts, which others want too, last; what the person feels close to before those.
 */

/** Saves a post, also into a collection. Doing it again changes nothing. Throws `post_not_found`, `collection_not_found`. */
export async function savePost(
  ctx: Context,
  postId: PostId,
  personId: PersonId,
  collectionId: CollectionId | null,
): Promise<SaveState> {
  const { post } = await engageablePost(ctx, postId, personId);
  const medium = await mediumOf(ctx, postId);
  return ctx.db.transaction(async (tx) => {
    const saveId = ctx.ids.next<string>();
    const at = ctx.clock.now();
    const save = { personId, postId, authorId: post.author_id, saveId, at };
    const made = await insertSave(tx, save);
    if (collectionId !== null) {
      const entry = { personId, collectionId, postId, entryId: saveId };
      if (!(await insertEntry(tx, entry))) throw new Problem('collection_not_found');
    }
    if (made) {
      await Promise.all([
        noteInteractions(tx, [{ personId, otherId: post.author_id, kind: 'save', at, medium }]),
        addToPostCounts(tx, postId, { saves: 1 }),
      ]);
    }
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
  const medium = collectionId === null ? await mediumOf(ctx, postId) : null;
  return ctx.db.transaction(async (tx) => {
    if (collectionId === null) {
      await letGo(ctx, tx, personId, postId, medium);
      return { saved: false, collection_ids: [] };
    }
    await removeEntries(tx, personId, postId, [collectionId]);
    return saveStateIn(tx, postId, personId);
  });
}

async function letGo(
  ctx: Context,
  tx: Transaction,
  personId: PersonId,
  postId: PostId,
  medium: Medium | null,
): Promise<void> {
  // Its row stays locked, so that nobody puts the post into a collection meanwhile.
  const gone = await removeSave(tx, personId, postId);
  if (!gone) return;
  await removeEntries(tx, personId, postId, await collectionsWith(tx, personId, postId));
  const undoes = new Date(idMillis(gone.save_id));
  await noteInteractions(tx, [
    { personId, otherId: gone.author_id, kind: 'save', at: ctx.clock.now(), undoes, medium },
  ]);
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
  for (const personId of people)
    await ctx.db.transaction((tx) => letGo(ctx, tx, personId, postId, null));
  return people.length === take;
}
