import { ID_PATTERN, type PostId } from '../../../api/ids.ts';
import type { Media, Video } from '../../../api/media.ts';
import type { UserSummary } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { showPost } from '../posts/read.ts';

/** How a video is played. */
export interface PublicVideo {
  readonly path: string;
  readonly type: 'video/mp4' | 'application/vnd.apple.mpegurl';
  readonly loops: boolean;
  readonly captions: readonly { readonly language: string; readonly path: string }[];
}

/** A picture, or the poster of a video, that anyone may load; addresses are paths of this server. */
export interface PublicPicture {
  readonly path: string;
  readonly webp: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  readonly thumbnail: { readonly path: string; readonly width: number; readonly height: number };
  readonly video: PublicVideo | null;
}

/** A post as someone sees it who is not signed in. */
export interface PublicPost {
  readonly postId: PostId;
  readonly author: UserSummary;
  readonly caption: string;
  readonly pictures: readonly PublicPicture[];
  /** Of a repost: whose post the pictures are of. */
  readonly original: { readonly author: UserSummary; readonly caption: string } | null;
  readonly createdAt: string;
}

const id = new RegExp(ID_PATTERN);

/** What a visitor sees of a post; null when they may not, or there is none: these are never told apart. */
export async function publicPost(ctx: Context, postId: string): Promise<PublicPost | null> {
  if (!id.test(postId)) return null;
  try {
    const post = await showPost(ctx, postId as PostId, null);
    const { reposted } = post;
    return {
      postId: post.post_id,
      author: post.user,
      caption: post.caption,
      pictures: (reposted ?? post).media.flatMap(pictureOf),
      original: reposted && { author: reposted.user, caption: reposted.caption },
      createdAt: post.created_at,
    };
  } catch (error) {
    if (error instanceof Problem && error.code === 'post_not_found') return null;
    throw error;
  }
}

function pictureOf({ sizes, alt, video }: Media): PublicPicture[] {
  if (!sizes) return [];
  const { large, thumbnail } = sizes;
  const { url: path, webp, width, height } = large;
  return [
    {
      path,
      webp,
      width,
      height,
      alt,
      thumbnail: { path: thumbnail.url, width: thumbnail.width, height: thumbnail.height },
      video: video && videoOf(video),
    },
  ];
}

function videoOf({ mp4, hls, loops, captions }: Video): PublicVideo | null {
  const texts = captions.map(({ language, url }) => ({ language, path: url }));
  if (mp4) return { path: mp4, type: 'video/mp4', loops, captions: texts };
  if (!hls) return null;
  return { path: hls, type: 'application/vnd.apple.mpegurl', loops, captions: texts };
}
