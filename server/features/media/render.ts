import type { MediaId } from '../../../api/ids.ts';
import type { Edit } from '../../../api/looks.ts';
import type { Crop } from '../../../api/new-media.ts';
import type { Context } from '../../context.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { pictureTask, runApart } from './apart.ts';
import type { RenditionName } from './keys.ts';
import type { Rendered, RenditionFiles, Renditions } from './rendered.ts';
import { storeServed } from './store-served.ts';

const NAMES: readonly RenditionName[] = ['large', 'medium', 'thumbnail'];
const RENDER = pictureTask('renderPicture');
const RENDER_AVIF = pictureTask('renderAvif');

/** What is made of a picture, of what, and where it goes. */
export interface Picture {
  readonly originalKey: BlobKey;
  readonly crop: Crop | null;
  readonly edit?: Edit | null;
  readonly prefix: BlobKey;
  /** What tells it from others under the same prefix. */
  readonly name: MediaId;
}

/**
 * Makes all renditions of a picture, in a child process, and stores them under `prefix`; `width` and
 * `height` are those of the upright, cropped picture. Decodes once. Doing it again gives the same keys.
 * Throws `media_broken`, `media_unsupported`, `media_too_many_pixels` (all for good), `storage_full`,
 * `BlobMissing`.
 */
export async function renderPicture(
  ctx: Pick<Context, 'blobs' | 'sandbox'>,
  picture: Picture,
): Promise<Rendered> {
  const { crop, edit = null } = picture;
  const { value, files } = await runApart(ctx, RENDER, { crop, edit }, picture.originalKey);
  const { shown, sizes, thumbhash, dominantColor, phash } = value;
  const store = async (index: number): Promise<RenditionFiles> => {
    const [name, size] = [NAMES[index], sizes[index]];
    const [jpeg, webp] = files.slice(2 * index);
    if (!name || !size || !jpeg || !webp) throw new Error('a rendition is missing');
    const place = { prefix: picture.prefix, of: picture.name, name };
    const keys = await Promise.all([
      storeServed(ctx.blobs, place, jpeg, 'jpg'),
      storeServed(ctx.blobs, place, webp, 'webp'),
    ]);
    return { jpeg: keys[0], webp: keys[1], ...size };
  };
  const [large, medium, thumbnail] = await Promise.all([store(0), store(1), store(2)]);
  const renditions = { large, medium, thumbnail };
  return { ...shown, thumbhash, dominantColor, phash, renditions, video: null };
}

/**
 * Adds AVIF to what `renderPicture` made of the same picture; doing it again gives the same keys. Lets
 * everyone else go first. Throws what `renderPicture` throws.
 */
export async function addAvif(
  ctx: Pick<Context, 'blobs' | 'sandbox'>,
  picture: Picture,
  made: Renditions,
): Promise<Renditions> {
  const { crop, edit = null, prefix, name: of } = picture;
  const wish = { crop, edit };
  const { files } = await runApart(ctx, RENDER_AVIF, wish, picture.originalKey, {
    isPatient: true,
  });
  const store = async (index: number, name: RenditionName): Promise<RenditionFiles> => {
    const bytes = files[index];
    if (!bytes) throw new Error('a rendition is missing');
    return {
      ...made[name],
      avif: await storeServed(ctx.blobs, { prefix, of, name }, bytes, 'avif'),
    };
  };
  const [large, medium, thumbnail] = await Promise.all([
    store(0, 'large'),
    store(1, 'medium'),
    store(2, 'thumbnail'),
  ]);
  return { large, medium, thumbnail };
}
