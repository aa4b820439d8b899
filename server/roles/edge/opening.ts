import type { PostId } from '../../../api/ids.ts';
import type { Context } from '../../context.ts';
import type { ServedType } from '../../features/media/keys.ts';
import {
  playQuery,
  playSecondsLeft,
  type SignedQuery,
  secondsLeft,
} from '../../features/media/private-address.ts';
import type { BlobKey } from '../../ports/blobs/blobs.ts';
import { PLAYLIST } from './playlists.ts';

const DAY_S = 24 * 60 * 60;
/** The product's times, in seconds. A file's name holds the digest of its bytes, so it never changes. */
const AGES = { avatar: DAY_S, post: 30 * DAY_S } as const;

/** Whether the pictures of a post are for whoever asks. */
export type IsPostOpen = (postId: PostId) => Promise<boolean>;

/** Why a file may be sent, and who may keep it. */
export interface Opening {
  readonly caching: string;
  /** Not by a signature: the same for whoever asks. */
  readonly forAll: boolean;
  /** What the files of a playlist are to be asked for with. */
  readonly handsOn: string | null;
}

interface Asked {
  readonly key: BlobKey;
  readonly query: SignedQuery;
  readonly served: { readonly postId: PostId | null; readonly contentType: ServedType };
}

/**
 * Who may keep the answer, and how long; null when this address opens nothing. Profile pictures are for
 * everyone, and so are pictures of posts that everyone may see; others want a signature in their address.
 */
export async function openingOf(
  ctx: Pick<Context, 'secrets' | 'clock'>,
  isPostOpen: IsPostOpen,
  { key, query, served: { postId, contentType } }: Asked,
): Promise<Opening | null> {
  if (postId === null) return forAll(AGES.avatar);
  const isPlaylist = contentType === PLAYLIST;
  const left = secondsLeft(ctx, key, query);
  if (left > 0) return signed(left, isPlaylist ? playQuery(ctx, key, query) : null);
  // What playlists name: their films, sounds and captions. No pictures.
  const playing = contentType.startsWith('image/') ? 0 : playSecondsLeft(ctx, key, query);
  if (playing > 0) {
    const { until, signature } = query;
    return signed(playing, isPlaylist ? `until=${until}&signature=${signature}` : null);
  }
  return (await isPostOpen(postId)) ? forAll(AGES.post) : null;
}

function forAll(seconds: number): Opening {
  return { caching: `public, max-age=${seconds}, immutable`, forAll: true, handsOn: null };
}

function signed(seconds: number, handsOn: string | null): Opening {
  return { caching: `private, max-age=${seconds}, immutable`, forAll: false, handsOn };
}
