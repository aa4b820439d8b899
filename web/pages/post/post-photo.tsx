import { useEffect } from 'preact/hooks';
import type { Media } from '../../../api/media.ts';
import type { Post } from '../../../api/posts.ts';
import { freshen, waitsForAddresses } from '../../data/fresh-post.ts';
import { pictureOf } from '../../data/pictures.ts';
import { Photo, type PhotoProps } from '../../ui/photo.tsx';

export interface PostPhotoProps extends Omit<PhotoProps, 'picture' | 'held' | 'onFail'> {
  readonly post: Post;
  readonly media: Media;
}

/**
 * A picture of a post. Those that not everyone may see have addresses that end after some minutes:
 * new ones are asked for when an old one is come upon.
 */
export function PostPhoto({ post, media, ...look }: PostPhotoProps) {
  const held = waitsForAddresses(post);
  const id = post.post_id;
  useEffect(() => {
    if (held) freshen(id).catch(reportError);
  }, [held, id]);
  return <Photo {...look} picture={pictureOf(media)} held={held} onFail={() => freshen(id)} />;
}
