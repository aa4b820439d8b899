import { ID_PATTERN, type PostId } from '../../../api/ids.ts';
import type { Media } from '../../../api/media.ts';
import type { UserSummary } from '../../../api/people.ts';
import type { Context } from '../../context.ts';
import { Problem } from '../../kernel/problem.ts';
import { showPost } from '../posts/read.ts';

/** A picture that anyone may load; addresses are paths of this server. */
export interface PublicPicture {
  readonly path: string;
  readonly webp: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  readonly thumbnail: { readonly path: string; readonly width: number; readonly height: number };
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

function pictureOf({ sizes, alt }: Media): PublicPicture[] {
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
    },
  ];
}
