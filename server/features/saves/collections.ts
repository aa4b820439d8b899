import type { CollectionId, PersonId } from '../../../api/ids.ts';
import { COLLECTIONS_MAX } from '../../../api/limits.ts';
import type { Post } from '../../../api/posts.ts';
import type { Collection } from '../../../api/saves.ts';
import type { Context } from '../../context.ts';
import { type IdempotencyKey, once } from '../../kernel/idempotency.ts';
import { Problem } from '../../kernel/problem.ts';
import type { Transaction } from '../../ports/db/db.ts';
import { isUniqueViolation } from '../../ports/db/errors.ts';
import { showKept } from './list.ts';
import { cleanName, foldName } from './rules.ts';
import {
  type CollectionRow,
  findCollection,
  insertCollection,
  lockAndCount,
  newestEntries,
  removeCollection,
  updateName,
} from './store.ts';

/** Makes a collection and gives its id. Throws `collection_name_taken`, `too_many_collections`. */
export async function createCollection(
  ctx: Context,
  personId: PersonId,
  given: string,
  idempotencyKey: IdempotencyKey | null,
): Promise<CollectionId> {
  const write = async (tx: Transaction) => {
    if ((await lockAndCount(tx, personId)) >= COLLECTIONS_MAX) {
      throw new Problem('too_many_collections');
    }
    const collectionId = ctx.ids.next<CollectionId>();
    const name = { name: cleanName(given), folded: foldName(given) };
    const at = ctx.clock.now();
    if (!(await insertCollection(tx, { personId, collectionId, ...name, at }))) {
      throw new Problem('collection_name_taken');
    }
    return collectionId;
  };
  return once(ctx, personId, idempotencyKey, write, async () => undefined);
}

/** Throws `collection_not_found`, `collection_name_taken`. */
export async function renameCollection(
  ctx: Context,
  personId: PersonId,
  collectionId: CollectionId,
  given: string,
): Promise<void> {
  const name = { name: cleanName(given), folded: foldName(given) };
  try {
    if (!(await updateName(ctx.db, personId, collectionId, name))) {
      throw new Problem('collection_not_found');
    }
  } catch (error) {
    if (isUniqueViolation(error, 'collections_name')) throw new Problem('collection_name_taken');
    throw error;
  }
}

/** Its posts stay saved. Doing it again changes nothing. */
export async function deleteCollection(
  ctx: Context,
  personId: PersonId,
  collectionId: CollectionId,
): Promise<void> {
  await ctx.db.transaction((tx) => removeCollection(tx, personId, collectionId));
}

/** Throws `collection_not_found`. */
export async function showCollection(
  ctx: Context,
  personId: PersonId,
  collectionId: CollectionId,
): Promise<Collection> {
  const row = await findCollection(ctx.db, personId, collectionId);
  if (!row) throw new Problem('collection_not_found');
  const [shown] = await showCollections(ctx, personId, [row]);
  if (!shown) throw new Problem('collection_not_found');
  return shown;
}

const COVER_MAX = 4;
/** Entries looked at in one go for a cover, and how often: who hid more than that leaves a gap in it. */
const COVER_LOOK = 8;
const COVER_ROUNDS = 3;

/** Collections with their covers; the posts of all covers are fetched at once. */
export async function showCollections(
  ctx: Context,
  personId: PersonId,
  rows: readonly CollectionRow[],
): Promise<Collection[]> {
  const covers = new Map<CollectionId, string[]>(rows.map((row) => [row.collection_id, []]));
  let waiting = rows.map((row) => row.collection_id);
  for (let round = 0; round < COVER_ROUNDS && waiting.length > 0; round += 1) {
    const skip = round * COVER_LOOK;
    const entries = await newestEntries(ctx.db, personId, waiting, COVER_LOOK, skip);
    const shown = await showKept(ctx, entries, personId);
    const looked = Map.groupBy(entries, (entry) => entry.collection_id);
    for (const { collection_id, post_id } of entries) {
      const cover = covers.get(collection_id);
      const picture = thumbnailOf(shown.get(post_id));
      if (cover && picture !== null && cover.length < COVER_MAX) cover.push(picture);
    }
    waiting = waiting.filter((id) => {
      const lacks = (covers.get(id)?.length ?? 0) < COVER_MAX;
      return lacks && looked.get(id)?.length === COVER_LOOK;
    });
  }
  return rows.map((row) => ({
    collection_id: row.collection_id,
    name: row.name,
    posts_count: row.posts,
    cover: covers.get(row.collection_id) ?? [],
    created_at: row.created_at.toISOString(),
  }));
}

/** A post's first picture, small; signed where not everyone may see it. */
function thumbnailOf(post: Post | undefined): string | null {
  const [first] = post?.reposted?.media ?? post?.media ?? [];
  return first?.sizes?.thumbnail.url ?? null;
}
