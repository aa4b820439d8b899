import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Post } from '../../../api/posts.ts';
import { followSight } from '../../data/seen.ts';
import { me } from '../../data/session.ts';

/** Reports a post once it has been looked at; of a repost the original as well, which was shown. */
export function useSeen(box: RefObject<HTMLElement | null>, post: Post | undefined): void {
  const id = post?.post_id;
  const original = post?.reposted?.post_id;
  const media = post?.reposted?.media ?? post?.media ?? [];
  const film = media.some(({ type }) => type === 'video');
  const ready = id !== undefined && me.value !== null;
  useEffect(() => {
    const element = box.current;
    if (!element || !ready) return;
    return followSight(element, { ids: original ? [id, original] : [id], film });
  }, [id, original, film, ready]);
}
