import type { PersonId, PostId, UploadId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { readOriginalKey, readServedKey } from '../media/keys.ts';
import { knownOriginals } from '../media/known-store.ts';
import { findFiles } from '../media/store.ts';
import { avatarSources, findPeople } from '../people/store.ts';
import { findPosts } from '../posts/store.ts';

/**
 * Those of these files that nothing in the database names. What has a name of a kind that is not known
 * here counts as named: it is better kept than lost.
 */
export async function unknownAmong(
  ctx: Pick<Context, 'db'>,
  keys: readonly BlobKey[],
): Promise<BlobKey[]> {
  const kinds = Map.groupBy(keys, kindOf);
  const [originals, ofPosts, avatars] = await Promise.all([
    unnamedOriginals(ctx, kinds.get('original') ?? []),
    unnamedOfPosts(ctx, kinds.get('post') ?? []),
    unnamedAvatars(ctx, kinds.get('avatar') ?? []),
  ]);
  const unknown = new Set([...originals, ...ofPosts, ...avatars]);
  return keys.filter((key) => unknown.has(key));
}

function kindOf(key: BlobKey): 'original' | 'post' | 'avatar' | 'other' {
  if (readOriginalKey(key)) return 'original';
  const served = readServedKey(key);
  if (!served) return 'other';
  return served.postId === null ? 'avatar' : 'post';
}

/** An upload's file is named by the upload, then by the picture of a post or the profile that it became. */
async function unnamedOriginals({ db }: Pick<Context, 'db'>, keys: readonly BlobKey[]) {
  // The upload is asked first: what takes it names the file before the upload is forgotten.
  const free = await knownOriginals(db, keys);
  const left = keys.filter((key) => !free.has(key));
  const uploadIds = [...new Set(left.map((key) => folderOf(key) as UploadId))];
  const sources = await avatarSources(db, { keys: left, uploadIds });
  const named = new Set<string | null>(sources.flatMap(({ key, upload_id }) => [key, upload_id]));
  return left.filter((key) => !named.has(key) && !named.has(folderOf(key)));
}

async function unnamedOfPosts({ db }: Pick<Context, 'db'>, keys: readonly BlobKey[]) {
  const postIds = [...new Set(keys.flatMap((key) => readServedKey(key)?.postId ?? []))];
  const named = new Set(await findFiles(db, postIds));
  const left = keys.filter((key) => !named.has(key));
  // While a post is processed, its files are written before they are named.
  const waiting = new Set(await postsInWork(db, left));
  return left.filter((key) => !waiting.has(folderOf(key) as PostId));
}

async function postsInWork(db: Context['db'], keys: readonly BlobKey[]): Promise<PostId[]> {
  const postIds = [...new Set(keys.map((key) => folderOf(key) as PostId))];
  const posts = await findPosts(db, postIds);
  return posts.filter((post) => post.status === 'processing').map((post) => post.post_id);
}

async function unnamedAvatars({ db }: Pick<Context, 'db'>, keys: readonly BlobKey[]) {
  const people = await findPeople(db, [...new Set(keys.map((key) => folderOf(key) as PersonId))]);
  const named = new Set<string>(people.flatMap(({ avatar }) => Object.values(avatar ?? {})));
  return keys.filter((key) => !named.has(key));
}

/** The third part of a key: an upload, a post or a person. */
const folderOf = (key: BlobKey): string => key.split('/')[2] ?? '';
