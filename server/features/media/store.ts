import type { MediaId, PostId } from '../../../api/ids.ts';
import type { Edit } from '../../../api/looks.ts';
import type { Crop } from '../../../api/new-media.ts';
import { ofPost } from '../../kernel/touch-keys.ts';
import type { BlobKey, Blobs } from '../../ports/blobs/blobs.ts';
import type { Queryable, Transaction } from '../../ports/db/db.ts';
import { insertMany } from '../../ports/db/insert-many.ts';
import { json } from '../../ports/db/json.ts';
import { croppedArea } from './crop.ts';
import type { Rendered, RenditionFiles, Renditions, StoredVideo } from './rendered.ts';

export type MediaKind = 'image' | 'video';

export interface StoredCaptions {
  readonly language: string;
  readonly key: BlobKey;
}

export interface MediaRow {
  post_id: PostId;
  media_id: MediaId;
  position: number;
  original_key: BlobKey;
  width: number;
  height: number;
  alt: string;
  crop: Crop | null;
  thumbhash: string | null;
  dominant_color: string | null;
  renditions: Renditions | null;
  created_at: Date;
  kind: MediaKind;
  edit: Edit | null;
  /** Seconds */
  poster_at: number | null;
  /** null of pictures, and until it is processed. */
  video: StoredVideo | null;
  captions: readonly StoredCaptions[];
  /** 64 bits, as a signed number in decimal digits. */
  phash: string | null;
}

/** A picture of a post that is not processed yet. */
export interface NewMedia {
  readonly postId: PostId;
  readonly mediaId: MediaId;
  readonly position: number;
  readonly upload: {
    readonly originalKey: BlobKey;
    readonly width: number;
    readonly height: number;
    /** A picture when it is left out. */
    readonly kind?: MediaKind;
  };
  readonly alt: string;
  readonly crop: Crop | null;
  readonly edit?: Edit | null;
  readonly posterAt?: number | null;
  readonly at: Date;
}

const MEDIA_COLUMNS = `post_id, media_id, position, original_key, width, height, alt,
  crop_x, crop_y, crop_width, crop_height, thumbhash, dominant_color, renditions, created_at, kind, edit, poster_at, video, captions, phash`;

export async function insertMedia(tx: Transaction, media: readonly NewMedia[]): Promise<void> {
  await insertMany(tx, {
    table: 'media',
    columns: {
      post_id: 'int8',
      media_id: 'int8',
      position: 'int2',
      original_key: 'text',
      width: 'int4',
      height: 'int4',
      alt: 'text',
      crop_x: 'float8',
      crop_y: 'float8',
      crop_width: 'float8',
      crop_height: 'float8',
      created_at: 'timestamptz',
      kind: 'text',
      edit: 'jsonb',
      poster_at: 'float8',
    },
    key: ['post_id', 'media_id'],
    rows: media.map(({ postId, mediaId, position, upload, alt, crop, edit, posterAt, at }) => {
      // As it will be shown; processing repeats it.
      const { width, height } = croppedArea(upload, crop);
      return {
        post_id: postId,
        media_id: mediaId,
        position,
        original_key: upload.originalKey,
        width,
        height,
        alt,
        crop_x: crop?.x ?? null,
        crop_y: crop?.y ?? null,
        crop_width: crop?.width ?? null,
        crop_height: crop?.height ?? null,
        created_at: at,
        kind: upload.kind ?? 'image',
        edit: edit ?? null,
        poster_at: posterAt ?? null,
      };
    }),
  });
}

type StoredMedia = Omit<MediaRow, 'crop'> & {
  crop_x: number | null;
  crop_y: number | null;
  crop_width: number | null;
  crop_height: number | null;
};

/** All pictures of these posts, by post and position. */
export async function findMedia(q: Queryable, postIds: readonly PostId[]): Promise<MediaRow[]> {
  const rows = await q.query<StoredMedia>(
    `select ${MEDIA_COLUMNS} from media where post_id = any($1::bigint[])
     order by post_id, position`,
    [postIds],
  );
  return rows.map(({ crop_x: x, crop_y: y, crop_width: width, crop_height: height, ...row }) => {
    const whole = x === null || y === null || width === null || height === null;
    return { ...row, crop: whole ? null : { x, y, width, height } };
  });
}

/** Keeps what processing found out. False when it is gone (its post was deleted meanwhile). */
export async function saveRendered(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  rendered: Rendered,
): Promise<boolean> {
  tx.touch(ofPost(postId));
  const { width, height, thumbhash, dominantColor, renditions, phash } = rendered;
  const { files = null, ...video } = rendered.video ?? {};
  const rows = await tx.query(
    `update media set width = $3, height = $4, thumbhash = $5, dominant_color = $6, renditions = $7,
       phash = $8, video = $9, video_files = $10
     where post_id = $1 and media_id = $2
     returning media_id`,
    [
      postId,
      mediaId,
      width,
      height,
      thumbhash,
      dominantColor,
      renditions,
      phash,
      rendered.video && video,
      files && json(files),
    ],
  );
  return rows.length > 0;
}

/** Puts other files in the place of a picture's renditions. False when it is gone. */
export async function replaceRenditions(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  renditions: Renditions,
): Promise<boolean> {
  tx.touch(ofPost(postId));
  const rows = await tx.query(
    `update media set renditions = $3 where post_id = $1 and media_id = $2 returning media_id`,
    [postId, mediaId, renditions],
  );
  return rows.length > 0;
}

/** False when the post has no such video. */
export async function saveCaptions(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  captions: readonly StoredCaptions[],
): Promise<boolean> {
  tx.touch(ofPost(postId));
  const rows = await tx.query(
    `update media set captions = $3
     where post_id = $1 and media_id = $2 and kind = 'video' returning media_id`,
    [postId, mediaId, json(captions)],
  );
  return rows.length > 0;
}

/** False when the post has no such picture. */
export async function editAlt(
  tx: Transaction,
  postId: PostId,
  mediaId: MediaId,
  alt: string,
): Promise<boolean> {
  tx.touch(ofPost(postId));
  const rows = await tx.query(
    'update media set alt = $3 where post_id = $1 and media_id = $2 returning media_id',
    [postId, mediaId, alt],
  );
  return rows.length > 0;
}

/** Removes the rows of a post's pictures; their files (`findFiles`) must be gone before. */
export async function removeMediaOfPost(tx: Transaction, postId: PostId): Promise<void> {
  tx.touch(ofPost(postId));
  await tx.query('delete from media where post_id = $1', [postId]);
}

/** Every file of these posts: the originals and what was made of them. */
export async function findFiles(q: Queryable, postIds: readonly PostId[]): Promise<BlobKey[]> {
  const rows = await q.query<
    Pick<MediaRow, 'original_key' | 'renditions' | 'captions'> & { video_files: BlobKey[] | null }
  >(
    `select original_key, renditions, captions, video_files from media
     where post_id = any($1::bigint[])`,
    [postIds],
  );
  return rows.flatMap((row) => [
    row.original_key,
    ...filesOf(row.renditions),
    ...(row.video_files ?? []),
    ...row.captions.map(({ key }) => key),
  ]);
}

/** The files that processing made. */
export function renderedKeys({ renditions, video }: Rendered): BlobKey[] {
  return [...filesOf(renditions), ...(video?.files ?? [])];
}

function filesOf(renditions: Renditions | null): BlobKey[] {
  const files: RenditionFiles[] = renditions ? Object.values(renditions) : [];
  return files.flatMap(({ jpeg, webp, avif }) => [jpeg, webp, ...(avif ? [avif] : [])]);
}

/** Removes files. Those that are gone already are no error, so that it can be done again. */
export async function removeBlobs(
  ctx: { readonly blobs: Blobs },
  keys: readonly BlobKey[],
): Promise<void> {
  for (const key of keys) await ctx.blobs.remove(key);
}
